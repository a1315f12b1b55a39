import Glibc
import Reactor
import Store

/// Ending sessions.
extension SessionDesk {
  /// Ends a session's terminal and agent; its row and transcript stay. A session that is closed already stays so.
  func close(_ id: String) async throws(DeskFault) {
    guard let session = managed(id) else {
      if await sessions.entry(id) != nil { throw .notManaged(id) }
      throw .unknown(id)
    }
    guard session.isManaged else { throw .notManaged(id) }
    try await alone(session.id) { () async throws(DeskFault) in
      guard let now = table[session.id], now.state != .closed else { return }
      if now.state != .closing { await apply(.close, to: session.id) }
      try await end(session.id, try await terminal(of: now))
    }
  }

  /// The terminal to end: also one that nobody has looked for yet.
  private func terminal(of session: ManagedSession) async throws(DeskFault) -> TerminalID? {
    if let terminal = session.terminal { return terminal }
    guard unseen.contains(session.id), let name = session.terminalName else { return nil }
    do throws(TerminalError) {
      let found = try await terminals.list().first { $0.name == name }?.id
      unseen.remove(session.id)
      return found
    } catch {
      throw .terminals(error)
    }
  }

  /// Ends a terminal, and its agent with force if it does not go with it; then the session is closed.
  func end(_ id: String, _ terminal: TerminalID?) async throws(DeskFault) {
    try await endTerminal(id, terminal)
    await apply(.closed, to: id)
  }

  /// Ends a terminal; whatever runs in it is gone afterwards.
  func endTerminal(_ id: String, _ terminal: TerminalID?) async throws(DeskFault) {
    guard let terminal else { return }
    do throws(TerminalError) {
      try await terminals.close(terminal)
    } catch {
      throw .terminals(error)
    }
    let begin = loop.now
    while !isStopped, let watch = watches[id] {
      if loop.now - begin >= rules.closeGrace {
        note("sessions: the agent of \(id) did not end with its terminal and is killed")
        loop.signal(watch, SIGKILL)
        watches[id] = nil
        return
      }
      await pause(.milliseconds(20))
    }
  }

  /// Ends a session and forgets its row; files that it had are discovered sessions again.
  func purge(_ id: String) async throws(DeskFault) {
    guard let session = managed(id) else {
      if await sessions.entry(id) != nil { throw .notManaged(id) }
      throw .unknown(id)
    }
    if session.isManaged { try await close(id) }
    let own = session.id
    let change = FeedChanges(json: json, nowMS: clockMS()).forgotten(own)
    do throws(StoreError) {
      try await feed.commit { (database) throws(StoreError) in
        try database.run("DELETE FROM managed_sessions WHERE id = ?", own)
        return ((), session.isManaged ? [change] : [])
      }
    } catch {
      throw .store(error)
    }
    drop(own)
    if session.isManaged { await transcripts.forget(own) }
  }

  /// Forgets closed and failed sessions of which nobody has heard since a time; how many.
  func cleanUp(before time: Int64) async throws(DeskFault) -> [String] {
    let old = table.values.filter { ($0.state == .closed || $0.state == .failed) && $0.updatedMS < time }
    for session in old { try await purge(session.id) }
    return old.map(\.id).sorted()
  }
}
