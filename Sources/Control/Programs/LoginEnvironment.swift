import Glibc
import Reactor

/// The variables that agents run with: those of the user's login shell, asked once. Lives on the home loop.
actor LoginEnvironment {
  nonisolated let loop: EventLoop
  private let rules: LifecycleRules
  private let note: @Sendable (String) -> Void
  private var asking: Task<[String: String], Never>?

  init(loop: EventLoop, rules: LifecycleRules, note: @escaping @Sendable (String) -> Void) {
    self.loop = loop
    self.rules = rules
    self.note = note
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  /// The variables. The first call asks the shell; a shell that fails is told of in the log, and the server's own
  /// variables are used.
  func variables() async -> [String: String] {
    guard rules.usesLoginEnvironment else { return rules.environment }
    let task = asking ?? Task(executorPreference: loop) { await self.ask() }
    asking = task
    return await task.value
  }

  private func ask() async -> [String: String] {
    // Profiles may print: what counts stands behind a mark that no profile prints.
    let mark = "tailcast-\(UInt64.random(in: .min ... .max))"
    let spawn = Spawn(
      rules.shell, ["-l", "-c", "printf '%s' \(mark); exec env -0"], environment: rules.environment,
      workingDirectory: rules.environment["HOME"] ?? "/")
    let failure: String
    do throws(SystemError) {
      let outcome = try await ProgramRun.outcome(
        of: spawn, on: loop, within: rules.environmentTimeout, most: 1 << 20)
      let variables = Self.variables(outcome.output, after: mark)
      switch outcome.ending {
      case .exited(.exited(0)) where !variables.isEmpty: return variables
      case .exited: failure = "did not print its variables"
      case .tookTooLong:
        failure = "took longer than sessions.environment_timeout (\(rules.environmentTimeout))"
      case .wroteTooMuch: failure = "printed more than a mebibyte"
      }
    } catch {
      failure = "cannot be run: \(error)"
    }
    note("sessions: the login shell \(rules.shell) \(failure); agents get the server's own variables")
    return rules.environment
  }

  /// Variables of `env -0` behind a mark. Those of the shell that was asked are left out.
  static func variables(_ output: [UInt8], after mark: String) -> [String: String] {
    let text = String(decoding: output, as: UTF8.self)
    guard let range = text.firstRange(of: mark) else { return [:] }
    var variables: [String: String] = [:]
    for entry in text[range.upperBound...].split(separator: "\0") {
      guard let equals = entry.firstIndex(of: "="), equals > entry.startIndex else { continue }
      variables[String(entry[..<equals])] = String(entry[entry.index(after: equals)...])
    }
    for name in ["_", "SHLVL", "OLDPWD", "PWD"] { variables[name] = nil }
    return variables
  }
}
