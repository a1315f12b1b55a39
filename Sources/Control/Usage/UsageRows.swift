import Store
import StreamServer
import Tail

/// The rows of what model calls used: one a call, because agents write of a call again and again, in other pages and
/// other files of a chain too. The sums are kept by triggers, so that a page costs no more in a long session.
enum UsageRows {
  static let schema = """
    CREATE TABLE usage_calls(
      session_id TEXT NOT NULL, call INTEGER NOT NULL, model TEXT NOT NULL,
      input INTEGER NOT NULL, output INTEGER NOT NULL, cache_read INTEGER NOT NULL,
      cache_creation INTEGER NOT NULL, reasoning INTEGER NOT NULL,
      PRIMARY KEY(session_id, call));
    CREATE TABLE usage_sums(
      session_id TEXT NOT NULL, model TEXT NOT NULL, calls INTEGER NOT NULL,
      input INTEGER NOT NULL, output INTEGER NOT NULL, cache_read INTEGER NOT NULL,
      cache_creation INTEGER NOT NULL, reasoning INTEGER NOT NULL,
      PRIMARY KEY(session_id, model)) WITHOUT ROWID;
    CREATE TRIGGER usage_called AFTER INSERT ON usage_calls BEGIN
      \(add);
    END;
    CREATE TRIGGER usage_corrected AFTER UPDATE ON usage_calls BEGIN
      \(subtract);
      \(add);
    END;
    -- What was counted before tokens were is counted anew.
    DELETE FROM index_counts;
    """

  private static let add = """
    INSERT INTO usage_sums VALUES (
        new.session_id, new.model, 1, new.input, new.output, new.cache_read, new.cache_creation, new.reasoning)
      ON CONFLICT(session_id, model) DO UPDATE SET
        calls = calls + 1, input = input + excluded.input, output = output + excluded.output,
        cache_read = cache_read + excluded.cache_read,
        cache_creation = cache_creation + excluded.cache_creation, reasoning = reasoning + excluded.reasoning
    """

  private static let subtract = """
    UPDATE usage_sums SET
        calls = calls - 1, input = input - old.input, output = output - old.output,
        cache_read = cache_read - old.cache_read, cache_creation = cache_creation - old.cache_creation,
        reasoning = reasoning - old.reasoning
      WHERE session_id = old.session_id AND model = old.model
    """

  static let sums =
    "SELECT session_id, model, calls, input, output, cache_read, cache_creation, reasoning FROM usage_sums"

  static func sum(_ row: Statement) -> (session: String, usage: ModelUsage) {
    let tokens = TokenUsage(
      input: row.int64(3), output: row.int64(4), cacheRead: row.int64(5), cacheCreation: row.int64(6),
      reasoning: row.int64(7))
    return (row.text(0), ModelUsage(model: row.text(1), calls: row.int(2), tokens: tokens))
  }
}

extension Database {
  /// Remembers what calls used, and says what the session has used with them.
  func save(_ calls: [IndexedPage.ModelCall], session: String) throws(StoreError) -> [ModelUsage] {
    // A page may begin after the record that names the model: its calls are of the model of the call before.
    var model: String?
    if let call = calls.first, call.model == nil {
      model = try first(
        "SELECT model FROM usage_calls WHERE session_id = ? ORDER BY rowid DESC LIMIT 1", session
      ) { $0.text(0) }
    }
    for call in calls {
      model = call.model ?? model ?? "unknown"
      let tokens = call.tokens
      try run(
        """
        INSERT INTO usage_calls VALUES (?1, ?2, ?3, ?5, ?6, ?7, ?8, ?9)
        ON CONFLICT(session_id, call) DO UPDATE SET
          model = coalesce(?4, model), input = excluded.input, output = excluded.output,
          cache_read = excluded.cache_read, cache_creation = excluded.cache_creation,
          reasoning = excluded.reasoning
        """, session, call.key, model, call.model, tokens.input, tokens.output, tokens.cacheRead,
        tokens.cacheCreation, tokens.reasoning)
    }
    return try query(
      "\(UsageRows.sums) WHERE session_id = ? AND calls > 0 ORDER BY model", session
    ) { UsageRows.sum($0).usage }
  }

  /// Forgets all that the indexer has made of a session.
  func dropIndexed(session: String) throws(StoreError) {
    try dropIndex(sessionID: session)
    for table in ["index_counts", "usage_calls", "usage_sums"] {
      try run("DELETE FROM \(table) WHERE session_id = ?", session)
    }
  }
}

extension Store {
  /// Forgets all that the indexer has made of a session.
  func dropIndexed(session: String) throws(StoreError) {
    try write { (database) throws(StoreError) in try database.dropIndexed(session: session) }
  }
}
