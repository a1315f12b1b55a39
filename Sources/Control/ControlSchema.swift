import Store

/// The control plane's own tables; given to the store when it is opened.
public enum ControlSchema {
  /// The steps of the schema.
  public static let migrations: [Migration] = [
    // How much a file's indexed part counts, kept so that an interrupted count goes on. `through` ties the row to
    // the position of the index: after a crash between the two writes they differ, and the file is counted anew.
    Migration(
      name: "control-001-counts",
      sql: """
        CREATE TABLE index_counts(
          session_id TEXT PRIMARY KEY, epoch INTEGER NOT NULL, through INTEGER NOT NULL,
          messages INTEGER NOT NULL, turns INTEGER NOT NULL) WITHOUT ROWID;
        """),
    Migration(name: "control-002-webhooks", sql: WebhookSchema.sql),
    Migration(name: "control-003-memory", sql: Memory.schema),
    Migration(name: "control-004-channels", sql: Channel.schema),
    Migration(name: "control-005-inventory", sql: Inventory.schema),
    Migration(name: "control-006-entities", sql: Entity.schema),
    Migration(name: "control-007-lifecycle", sql: lifecycle),
    Migration(name: "control-008-messages", sql: MessageQueue.schema),
    Migration(name: "control-009-usage", sql: UsageRows.schema),
  ]
}
