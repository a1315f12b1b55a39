extension StoreReader {
  /// Every session that is remembered, newest change first.
  public func sessionRows() throws(StoreError) -> [SessionRow] {
    try database.query(
      "SELECT \(SessionRow.columns.joined(separator: ", ")) FROM sessions ORDER BY updated_ms DESC, id",
      row: SessionRow.init)
  }

  /// One session.
  public func sessionRow(id: String) throws(StoreError) -> SessionRow? {
    try database.first(
      "SELECT \(SessionRow.columns.joined(separator: ", ")) FROM sessions WHERE id = ?", id,
      row: SessionRow.init)
  }
}

extension Store {
  /// Every session that is remembered, newest change first.
  public func sessionRows() throws(StoreError) -> [SessionRow] {
    try read { (reader) throws(StoreError) in try reader.sessionRows() }
  }

  /// One session.
  public func sessionRow(id: String) throws(StoreError) -> SessionRow? {
    try read { (reader) throws(StoreError) in try reader.sessionRow(id: id) }
  }

  /// Remembers sessions, all or none. A title is found by `searchTitles` from then on.
  public func saveSessions(_ rows: [SessionRow]) throws(StoreError) {
    try write { (database) throws(StoreError) in
      for row in rows { try row.save(in: database) }
    }
  }

  /// Forgets a session and its title. Its messages are dropped by `dropIndex`.
  public func forgetSession(id: String) throws(StoreError) {
    try write { (database) throws(StoreError) in try database.run("DELETE FROM sessions WHERE id = ?", id) }
  }
}
