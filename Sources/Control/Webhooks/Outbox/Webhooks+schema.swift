import Store

/// The tables of contracts and of what is to be delivered.
enum WebhookSchema {
  /// `pending` counts the deliveries that wait, so that a bound and an idle outbox cost no count of rows. A contract
  /// that has ended by its time stays, not active, until the last of them is done. A delivery is held until
  /// `claimed_ms`.
  static let sql = """
    CREATE TABLE hook_contracts(
      id TEXT PRIMARY KEY, url TEXT NOT NULL, secret TEXT, criteria TEXT NOT NULL, created_ms INTEGER NOT NULL,
      expires_ms INTEGER, active INTEGER NOT NULL, pending INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE hook_deliveries(
      seq INTEGER PRIMARY KEY AUTOINCREMENT, contract_id TEXT NOT NULL, url TEXT NOT NULL, event_id TEXT NOT NULL,
      source TEXT NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL,
      attempts INTEGER NOT NULL, due_ms INTEGER NOT NULL, claimed_ms INTEGER NOT NULL, status INTEGER, reason TEXT,
      created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL);
    CREATE INDEX hook_deliveries_pending ON hook_deliveries(contract_id, seq) WHERE state = 'pending';
    CREATE INDEX hook_deliveries_contract ON hook_deliveries(contract_id, seq);
    """
}
