extension StoreReader {
  /// The rows after `seq`, oldest first.
  /// - Parameter topics: nil for all of them.
  /// - Parameter sessionID: nil for all sessions.
  /// - Parameter limit: how many rows at most.
  public func changes(
    after seq: Int64, topics: [String]? = nil, sessionID: String? = nil, limit: Int
  ) throws(StoreError) -> [Change] {
    var sql = "SELECT \(Change.columns) FROM change_log WHERE seq > ?"
    var values: [any SQLBindable] = [seq]
    if let topics {
      // Sockets name up to 256 topics; json_each takes any number with one statement in the cache.
      sql += " AND topic IN (SELECT value FROM json_each(?))"
      values.append(jsonArray(topics))
    }
    if let sessionID {
      sql += " AND session_id = ?"
      values.append(sessionID)
    }
    values.append(limit)
    return try query(sql + " ORDER BY seq LIMIT ?", values, row: Change.init)
  }

  /// Which rows there are. The newest number never falls, also when the log has been emptied.
  public func changeLogRange() throws(StoreError) -> ChangeLogRange { try database.changeLogRange() }
}

extension Store {
  /// The rows after `seq`, oldest first.
  public func changes(
    after seq: Int64, topics: [String]? = nil, sessionID: String? = nil, limit: Int
  ) throws(StoreError) -> [Change] {
    try read { (reader) throws(StoreError) in
      try reader.changes(after: seq, topics: topics, sessionID: sessionID, limit: limit)
    }
  }

  /// Which rows there are.
  public func changeLogRange() throws(StoreError) -> ChangeLogRange {
    try read { (reader) throws(StoreError) in try reader.changeLogRange() }
  }

  /// Appends changes, all or none, and deletes the oldest rows over `StoreLimits.changeLogRows`.
  /// - Returns: the changes with their numbers.
  public func append(_ changes: [Change]) throws(StoreError) -> [Change] {
    let limits = limits
    return try write { (database) throws(StoreError) in try database.append(changes, limits: limits) }
  }
}

extension Database {
  /// Appends changes inside the transaction of what changed.
  /// - Returns: the changes with their numbers.
  public func append(_ changes: [Change], limits: StoreLimits) throws(StoreError) -> [Change] {
    var numbered = changes
    for index in numbered.indices {
      let change = numbered[index]
      try run(
        "INSERT INTO change_log(ts, topic, type, session_id, project_id, payload) VALUES (?, ?, ?, ?, ?, ?)",
        change.timestampMS, change.topic, change.type, change.sessionID, change.projectID, change.payload)
      numbered[index].seq = lastInsertRowID
    }
    try trimChangeLog(limits: limits)
    return numbered
  }

  func changeLogRange() throws(StoreError) -> ChangeLogRange {
    let newest = try first("SELECT seq FROM sqlite_sequence WHERE name = 'change_log'") { $0.int64(0) } ?? 0
    let oldest = try first("SELECT seq FROM change_log ORDER BY seq LIMIT 1") { $0.int64(0) }
    return ChangeLogRange(oldest: oldest ?? newest + 1, newest: newest)
  }

  private func trimChangeLog(limits: StoreLimits) throws(StoreError) {
    let range = try changeLogRange()
    guard range.newest - range.oldest >= Int64(limits.changeLogRows + limits.changeLogSlack) else { return }
    try run("DELETE FROM change_log WHERE seq <= ?", range.newest - Int64(limits.changeLogRows))
  }
}

/// Topics come from clients: every character that could end the JSON string is escaped.
private func jsonArray(_ texts: [String]) -> String {
  var json = "["
  for text in texts {
    json += json.utf8.count == 1 ? "\"" : ",\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": json += "\\" + String(scalar)
      case "\u{0}"..<" ":
        let hex = String(scalar.value, radix: 16)
        json += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: json.unicodeScalars.append(scalar)
      }
    }
    json += "\""
  }
  return json + "]"
}
