import Reactor
import StreamServer
import Tail
import Wire

/// Starting agents.
extension SessionDesk {
  /// Opens a terminal in which the agent of a session, whose state is `initializing`, is started. Returns when it is
  /// open; whether the agent stays is found out afterwards. What fails is the session's reason, and thrown.
  func open(_ id: String, _ run: AgentRun?) async throws(DeskFault) {
    do throws(DeskFault) {
      try await tryOpen(id, run)
    } catch {
      await apply(.failed(Self.reason(error)), to: id)
      throw error
    }
  }

  private func tryOpen(_ id: String, _ run: AgentRun?) async throws(DeskFault) {
    guard let session = table[id] else { throw .unknown(id) }
    var variables = await environment.variables()
    guard let directory = await premises.directory(session.directory) else {
      throw .directoryGone(session.directory)
    }
    let arguments = try await self.arguments(
      session, run, path: variables["PATH"] ?? "/usr/local/bin:/usr/bin:/bin")
    if let profile = agentProfile(session) { variables.merge(profile.environment) { $1 } }
    variables["TAILCAST_SESSION_ID"] = id
    variables["TAILCAST_STATE"] = rules.state
    variables["COLORTERM"] = variables["COLORTERM"] ?? "truecolor"
    var request = TerminalRequest(
      name: session.terminalName ?? Self.terminalName(id), directory: directory, arguments: arguments,
      environment: variables)
    (request.columns, request.rows) = rules.size
    let facts: TerminalFacts
    do throws(TerminalError) {
      // What an interrupted start left behind has the name.
      for old in try await terminals.list() where old.name == request.name {
        try await terminals.close(old.id)
      }
      facts = try await terminals.open(request)
    } catch {
      throw .terminals(error)
    }
    await apply(.opened(facts.id), to: id)
    watch(id, facts)
    Task(executorPreference: loop) { await self.settle(id, facts.id) }
    Task(executorPreference: loop) { await self.findTranscript(id, facts) }
  }

  private func arguments(
    _ session: ManagedSession, _ run: AgentRun?, path: String
  ) async throws(DeskFault) -> [String] {
    guard let run else { return [rules.shell, "-l"] }
    guard let profile = agentProfile(session) else {
      throw .unknownAgent(session.agent, known: Array(rules.agents.keys))
    }
    var arguments = profile.arguments(run, session.choices)
    guard let program = await premises.program(arguments[0], path: path) else {
      throw .failed(
        session.id,
        reason: "the program \(arguments[0]) was not found (agents.\(profile.name).command; PATH is \(path))")
    }
    arguments[0] = program
    return arguments
  }

  /// Waits until the agent has shown itself for a while, or has ended.
  private func settle(_ id: String, _ terminal: TerminalID) async {
    let begin = loop.now
    var shownSince: Instant?
    while !isStopped, let session = table[id], session.state == .initializing, session.terminal == terminal {
      do throws(TerminalError) {
        let screen = try await terminals.screen(terminal)
        // Whoever watches the process finds out how it ended.
        if screen.exit != nil { return }
        if shownSince == nil, !screen.lines.isEmpty { shownSince = loop.now }
      } catch {
        if error == .gone {
          await apply(.terminalGone, to: id)
          return
        }
      }
      let now = loop.now
      if now - begin >= rules.startTimeout || shownSince.map({ now - $0 >= rules.settle }) == true {
        await apply(.ready, to: id)
        return
      }
      await pause(rules.look)
    }
  }

  /// The end of what a screen shows, as one line.
  static func lastWords(_ screen: TerminalScreen) -> String {
    let lines = screen.lines.map { $0.trimmed }.filter { !$0.isEmpty }.suffix(5)
    return String(lines.joined(separator: " / ").suffix(500))
  }

  static func terminalName(_ id: String) -> String { "tc-\(id.prefix(120))" }

  /// A fault as the reason of a session.
  static func reason(_ fault: DeskFault) -> String {
    switch fault {
    case .failed(_, let reason): reason
    case .terminals(let error): error.words
    default: Problem.desk(fault).message
    }
  }
}
