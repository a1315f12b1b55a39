import Store

extension ControlSchema {
  /// Sessions that are steered here, and long work on them.
  static let lifecycle = """
    CREATE TABLE managed_sessions(
      id TEXT PRIMARY KEY, revision INTEGER NOT NULL, agent TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,
      reason TEXT, native_id TEXT, directory TEXT NOT NULL, project_path TEXT NOT NULL, project_id TEXT, subdir TEXT,
      title TEXT, mode TEXT, tags TEXT NOT NULL, visibility TEXT NOT NULL, pinned INTEGER NOT NULL,
      archived INTEGER NOT NULL, metadata TEXT, human_email TEXT, human_role TEXT, model TEXT, permission_mode TEXT,
      thinking_mode TEXT, launch_kind TEXT NOT NULL, parent_id TEXT, fork_point TEXT, initiator_id TEXT,
      terminal_name TEXT, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, state_since_ms INTEGER NOT NULL,
      closed_ms INTEGER) WITHOUT ROWID;
    CREATE TABLE operations(
      num INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, session_id TEXT NOT NULL,
      state TEXT NOT NULL, code TEXT, reason TEXT, started_ms INTEGER NOT NULL, ended_ms INTEGER);
    """
}
