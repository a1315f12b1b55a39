/// The tables of the inventory.
enum Inventory {
  /// Projects by their directory, and what was said about agents.
  static let schema = """
    CREATE TABLE projects(
      id TEXT PRIMARY KEY, name TEXT NOT NULL, path TEXT NOT NULL UNIQUE, description TEXT,
      created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE agent_status(
      agent TEXT PRIMARY KEY, status TEXT NOT NULL, reason TEXT, until_ms INTEGER,
      updated_ms INTEGER NOT NULL) WITHOUT ROWID;
    """
}
