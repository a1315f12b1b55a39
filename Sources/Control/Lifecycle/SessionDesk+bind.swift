import Reactor
import Tail

/// Knowing which transcript is whose.
extension SessionDesk {
  /// The agent of a session writes under this id of its own, into this file: told by its hook, or seen of its process.
  /// Known already is no change; what the chain has gone on from is refused.
  func bind(session id: String, nativeID: String, path: String?) async throws(DeskFault) {
    guard var session = managed(id), session.isManaged else { throw .unknown(id) }
    do throws(TailError) {
      try await transcripts.bind(session.id, nativeID: nativeID, path: path)
    } catch {
      switch error {
      case .taken(let owner): throw .owned(nativeID: nativeID, by: owner)
      case .superseded(let newest): throw .superseded(nativeID: nativeID, by: newest)
      default: throw .unknown(id)
      }
    }
    guard let now = table[session.id], now.nativeID != nativeID else { return }
    session = now
    session.nativeID = nativeID
    session.updatedMS = clockMS()
    try await put(session, .updated)
  }

  /// Looks for the file that an agent writes, for as long as it runs: agents that are not told which id to use make
  /// one, and some begin a new one later. Nothing is guessed: what cannot be told to be this agent's stays a session of
  /// its own.
  func findTranscript(_ id: String, _ facts: TerminalFacts) async {
    var bound = table[id]?.nativeID
    while !isStopped, let session = table[id], session.terminal == facts.id, session.life == .running {
      if let file = await transcript(of: session, facts.pid, besides: bound), file.nativeID != bound {
        do throws(DeskFault) {
          try await bind(session: id, nativeID: file.nativeID, path: file.path)
        } catch {
          note("sessions: \(file.path) is not the transcript of \(id): \(Self.reason(error))")
        }
        // One that is another's is not tried again.
        bound = file.nativeID
      }
      await pause(rules.bindInterval)
    }
  }

  /// The file that an agent's process can be told to write now.
  private func transcript(
    of session: ManagedSession, _ pid: Int32, besides bound: String?
  ) async -> (nativeID: String, path: String)? {
    let roots = rules.roots.filter { $0.agent == session.kind }
    switch session.kind {
    case .codex:
      // It keeps its file open. Several are while a sub-agent writes its own; what was bound is then still among them.
      let open = await premises.transcripts(openIn: pid, under: roots)
      return open.count == 1 && !open.contains { $0.nativeID == bound } ? open[0] : nil
    case .claude:
      // While it starts it may name an id that it will not write under: what counts has a file.
      guard let nativeID = await premises.claudeSession(of: pid, under: roots),
        let entry = await sessions.entry(nativeID), entry.hasTranscript
      else { return nil }
      return (nativeID, entry.path)
    default: return nil
    }
  }
}
