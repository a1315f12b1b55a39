import Store

extension Channel {
  /// Messages of channels by number, and how far each consumer has come.
  ///
  /// AUTOINCREMENT: a number that was trimmed away must never come again, consumers count by it.
  static let schema = """
    CREATE TABLE channels(
      name TEXT PRIMARY KEY, created_ms INTEGER NOT NULL, used_ms INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE channel_messages(
      id INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL REFERENCES channels(name) ON DELETE CASCADE,
      payload TEXT NOT NULL, created_ms INTEGER NOT NULL);
    CREATE INDEX channel_messages_channel ON channel_messages(channel, id);
    CREATE TABLE channel_consumers(
      channel TEXT NOT NULL REFERENCES channels(name) ON DELETE CASCADE, consumer TEXT NOT NULL,
      position INTEGER NOT NULL, PRIMARY KEY(channel, consumer)) WITHOUT ROWID;
    """
}
