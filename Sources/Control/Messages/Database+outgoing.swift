import Store
import Wire

extension Database {
  /// The message that a client sent under an id of its own, if that is not too long ago.
  func outgoing(session: String, clientID: String, since: Int64) throws(StoreError) -> OutgoingMessage? {
    // An id that is used again after the time is that of another message.
    try run(
      "UPDATE outgoing SET client_message_id = NULL WHERE session_id = ? AND client_message_id = ? "
        + "AND created_ms < ?", session, clientID, since)
    return try first(
      "SELECT \(OutgoingMessage.columns) FROM outgoing WHERE session_id = ? AND client_message_id = ?",
      session, clientID, row: { OutgoingMessage($0) })
  }

  /// A message by its id.
  func outgoing(_ id: String) throws(StoreError) -> OutgoingMessage? {
    try first(
      "SELECT \(OutgoingMessage.columns) FROM outgoing WHERE id = ?", id, row: { OutgoingMessage($0) })
  }

  /// Puts a message at the end of its session's queue.
  func enqueue(
    _ id: String, session: String, clientID: String?, text: String, nowMS: Int64
  ) throws(StoreError) -> OutgoingMessage? {
    try run(
      "INSERT INTO outgoing(id, session_id, client_message_id, text, state, created_ms, changed_ms) "
        + "VALUES (?, ?, ?, ?, 'queued', ?, ?)", id, session, clientID, text, nowMS, nowMS)
    return try outgoing(id)
  }

  /// How many messages of a session wait.
  func queuedCount(session: String) throws(StoreError) -> Int {
    try first(
      "SELECT count(*) FROM outgoing WHERE session_id = ? AND state = 'queued'", session, row: { $0.int(0) }
    ) ?? 0
  }

  /// Stores how far typing has come.
  func mark(
    _ id: String, _ phase: TypingMachine.Phase, position: Cursor?, process: Int32?
  ) throws(StoreError) {
    try run(
      "UPDATE outgoing SET phase = ?, position = ?, process = ? WHERE id = ? AND state = 'queued'",
      phase.rawValue, position?.description, process.map(Int.init), id)
  }

  /// Moves a message on; nil if it is not in a state that can become this one.
  func settle(
    _ id: String, _ state: OutgoingMessage.State, fault: MessageFault? = nil, reason: String? = nil,
    seenAt: Cursor? = nil, nowMS: Int64
  ) throws(StoreError) -> OutgoingMessage? {
    let from = state == .seen ? "('queued', 'delivered')" : "('queued')"
    try run(
      "UPDATE outgoing SET state = ?, code = ?, reason = ?, seen_at = ?, changed_ms = ? WHERE id = ? "
        + "AND state IN \(from)", state.rawValue, fault?.rawValue, reason, seenAt?.description, nowMS, id)
    guard changes > 0 else { return nil }
    return try outgoing(id)
  }

  /// Forgets messages that have come to an end, once their time is over.
  func pruneOutgoing(before time: Int64) throws(StoreError) {
    try run("DELETE FROM outgoing WHERE changed_ms < ? AND state <> 'queued'", time)
  }
}
