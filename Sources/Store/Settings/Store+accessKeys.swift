extension StoreReader {
  /// Every access key, oldest first.
  public func accessKeys() throws(StoreError) -> [AccessKeyRow] {
    try database.query(
      "SELECT \(AccessKeyRow.columns) FROM access_keys ORDER BY created_at, id", row: AccessKeyRow.init)
  }

  /// The key with this SHA-256. What is compared is a hash of a random key, so its timing tells nothing of use.
  public func accessKey(hash: [UInt8]) throws(StoreError) -> AccessKeyRow? {
    try database.first(
      "SELECT \(AccessKeyRow.columns) FROM access_keys WHERE hash = ?", hash, row: AccessKeyRow.init)
  }
}

extension Store {
  /// Every access key, oldest first.
  public func accessKeys() throws(StoreError) -> [AccessKeyRow] {
    try read { (reader) throws(StoreError) in try reader.accessKeys() }
  }

  /// The key with this SHA-256.
  public func accessKey(hash: [UInt8]) throws(StoreError) -> AccessKeyRow? {
    try read { (reader) throws(StoreError) in try reader.accessKey(hash: hash) }
  }

  /// Adds a key. Throws when its id or hash is already there.
  public func addAccessKey(_ key: AccessKeyRow) throws(StoreError) {
    try write { (database) throws(StoreError) in try database.add(key) }
  }

  /// Removes a key.
  /// - Returns: false when there was none.
  public func removeAccessKey(id: String) throws(StoreError) -> Bool {
    try write { (database) throws(StoreError) in
      try database.run("DELETE FROM access_keys WHERE id = ?", id)
      return database.changes > 0
    }
  }

  /// Remembers when a key was used; an older time than the stored one changes nothing.
  public func touchAccessKey(id: String, usedMS: Int64) throws(StoreError) {
    try write { (database) throws(StoreError) in
      try database.run(
        "UPDATE access_keys SET last_used_at = max(coalesce(last_used_at, 0), ?) WHERE id = ?", usedMS, id)
    }
  }
}

extension Database {
  /// Adds a key, inside the transaction of what else belongs to it. Throws when its id or hash is already there.
  public func add(_ key: AccessKeyRow) throws(StoreError) {
    try run(
      "INSERT INTO access_keys(\(AccessKeyRow.columns)) VALUES (?, ?, ?, ?, ?)", key.id, key.name, key.hash,
      key.createdMS, key.lastUsedMS)
  }
}

extension Store {
  /// Counts how often all cookies of browsers were revoked, from a number that every database has for itself: one that
  /// is made anew knows nothing of revocations, so none of the cookies before it may hold.
  public func cookieGeneration() throws(StoreError) -> Int64 {
    try write { (database) throws(StoreError) in
      try database.run(
        "INSERT OR IGNORE INTO meta(key, value) VALUES ('cookie_generation', ?)",
        Int64.random(in: 0..<1 << 62))
      return try database.first("SELECT value FROM meta WHERE key = 'cookie_generation'") { $0.int64(0) } ?? 0
    }
  }
}

extension Database {
  /// Cookies of this generation are no good any more.
  public func leaveCookieGeneration(_ generation: Int64) throws(StoreError) {
    try run("INSERT OR REPLACE INTO meta(key, value) VALUES ('cookie_generation', ?)", generation + 1)
  }
}
