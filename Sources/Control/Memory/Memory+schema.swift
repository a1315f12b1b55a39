import Store

extension Memory {
  /// The table, and the index that searches it. Lists are stored as JSON.
  ///
  /// The same content counts once in a project and for an identity. AUTOINCREMENT: an id that was deleted must never
  /// name another memory.
  static let schema = """
    CREATE TABLE memories(
      id INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT NOT NULL, type TEXT NOT NULL, title TEXT NOT NULL,
      text TEXT NOT NULL, concepts TEXT NOT NULL, facts TEXT NOT NULL, tags TEXT NOT NULL,
      identity_key TEXT, session_id TEXT, record TEXT, hash BLOB NOT NULL, created_ms INTEGER NOT NULL);
    CREATE UNIQUE INDEX memories_content ON memories(project, coalesce(identity_key, ''), hash);
    CREATE INDEX memories_time ON memories(created_ms, id);
    CREATE VIRTUAL TABLE memories_fts USING fts5(
      title, text, concepts, facts, tags, content='memories', content_rowid='id', prefix='1 2 3',
      tokenize='unicode61 remove_diacritics 2');
    CREATE TRIGGER memories_saved AFTER INSERT ON memories BEGIN
      INSERT INTO memories_fts(rowid, title, text, concepts, facts, tags)
        VALUES (new.id, new.title, new.text, new.concepts, new.facts, new.tags);
    END;
    CREATE TRIGGER memories_deleted AFTER DELETE ON memories BEGIN
      INSERT INTO memories_fts(memories_fts, rowid, title, text, concepts, facts, tags)
        VALUES ('delete', old.id, old.title, old.text, old.concepts, old.facts, old.tags);
    END;
    """
}
