extension MessageQueue {
  /// The table of messages. `position` is where the transcript ended when typing began, `process` the agent's process
  /// at that moment; `seen_at` is the position of the message's own row.
  static let schema = """
    CREATE TABLE outgoing(
      num INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, session_id TEXT NOT NULL,
      client_message_id TEXT, text TEXT NOT NULL, state TEXT NOT NULL, phase TEXT, position TEXT,
      process INTEGER, seen_at TEXT, code TEXT, reason TEXT, created_ms INTEGER NOT NULL,
      changed_ms INTEGER NOT NULL);
    CREATE UNIQUE INDEX outgoing_client ON outgoing(session_id, client_message_id)
      WHERE client_message_id IS NOT NULL;
    CREATE INDEX outgoing_open ON outgoing(session_id, num) WHERE state IN ('queued', 'delivered');
    CREATE INDEX outgoing_age ON outgoing(changed_ms);
    """
}
