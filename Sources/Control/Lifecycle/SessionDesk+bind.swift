import Reactor
import Tail

/// Knowing which transcript is whose.
extension SessionDesk {
  /// The agent of a session writes under this id of its own, into this file: told by its hook, or seen in what its
  /// process holds open. Known already is no change.
  func bind(session id: String, nativeID: String, path: String?) async throws(DeskFault) {
    guard var session = managed(id), session.isManaged else { throw .unknown(id) }
    do throws(TailError) {
      try await transcripts.bind(session.id, nativeID: nativeID, path: path)
    } catch {
      switch error {
      case .taken(let owner): throw .owned(nativeID: nativeID, by: owner)
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
  /// one, and some begin a new one later. Only agents that keep the file open can be found out this way.
  func findTranscript(_ id: String, _ facts: TerminalFacts) async {
    guard let session = table[id], session.kind == .codex else { return }
    let roots = rules.roots.filter { $0.agent == session.kind }
    var bound = session.nativeID
    while !isStopped, let session = table[id], session.terminal == facts.id, session.life == .running {
      let open = await premises.transcripts(openIn: facts.pid, under: roots)
      // Several are open while a sub-agent writes its own; what was bound is then still among them.
      if !open.contains(where: { $0.nativeID == bound }), open.count == 1 {
        let file = open[0]
        do throws(DeskFault) {
          try await bind(session: id, nativeID: file.nativeID, path: file.path)
        } catch {
          note("sessions: \(file.path) is not the transcript of \(id): \(error)")
        }
        // One that is another's is not tried again.
        bound = file.nativeID
      }
      await pause(rules.bindInterval)
    }
  }
}
