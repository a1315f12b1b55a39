import Glibc

/// Tells the agent of a session from one that it started itself. The second has inherited the first one's variables, and
/// its transcript must not be taken for the session's.
struct NestedAgent {
  /// One process on the way up.
  struct Process: Equatable {
    var parent: Int32
    /// The program's name without its folder.
    var program: String
    /// The variables that it was started with.
    var environment: Set<String>
  }

  /// What agents set for the programs that they run.
  private static let marks = ["CLAUDECODE", "CODEX_THREAD_ID", "GEMINI_CLI"]
  private static let shells: Set<String> = ["sh", "dash", "bash", "zsh", "fish", "ksh", "busybox"]
  private static let depth = 64

  /// Whether the agent that runs our hook was started by the agent of that session.
  /// - Parameter look: a process by its id, nil where it cannot be looked at.
  static func isNested(in session: String, parent: Int32, look: (Int32) -> Process?) -> Bool {
    var pid = parent
    var agent: Process?
    for _ in 0..<depth {
      guard pid > 1, let process = look(pid) else { return false }
      if agent == nil {
        if !shells.contains(process.program) {
          // It was started by no agent at all, or by one of another session.
          guard marks.contains(where: { mark in process.environment.contains { $0.hasPrefix(mark + "=") } })
          else { return false }
          agent = process
        }
      } else if process.environment.contains("TAILCAST_SESSION_ID=\(session)") {
        return true
      }
      pid = process.parent
    }
    return false
  }

  /// A process as /proc shows it.
  static func look(_ pid: Int32) -> Process? {
    guard let parent = LiveProcess.parent(of: pid),
      case .success(let variables) = SmallFile.read("/proc/\(pid)/environ", limit: 4 << 20)
    else { return nil }
    let path = realpath("/proc/\(pid)/exe", nil)
    defer { free(path) }
    let program = path.map { String(cString: $0) } ?? ""
    return Process(
      parent: parent, program: program.split(separator: "/").last.map(String.init) ?? "",
      environment: Set(variables.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }))
  }
}
