extension StoreReader {
  /// What is remembered of the file at a path.
  public func identity(path: String) throws(StoreError) -> FileIdentityRow? {
    try database.first(
      "SELECT \(FileIdentityRow.columns) FROM files WHERE path = ?", path, row: FileIdentityRow.init)
  }

  /// What is remembered of an inode under any path (a hard link has several), last seen first.
  public func identities(device: UInt64, inode: UInt64) throws(StoreError) -> [FileIdentityRow] {
    try database.query(
      """
      SELECT \(FileIdentityRow.columns) FROM files WHERE device = ? AND inode = ?
      ORDER BY seen_at DESC, path
      """, device, inode, row: FileIdentityRow.init)
  }

  /// Every file that is remembered, in one call at start.
  public func identities() throws(StoreError) -> [FileIdentityRow] {
    try database.query(
      "SELECT \(FileIdentityRow.columns) FROM files ORDER BY path", row: FileIdentityRow.init)
  }
}

extension Store {
  /// What is remembered of the file at a path.
  public func identity(path: String) throws(StoreError) -> FileIdentityRow? {
    try read { (reader) throws(StoreError) in try reader.identity(path: path) }
  }

  /// What is remembered of an inode under any path, last seen first.
  public func identities(device: UInt64, inode: UInt64) throws(StoreError) -> [FileIdentityRow] {
    try read { (reader) throws(StoreError) in try reader.identities(device: device, inode: inode) }
  }

  /// Every file that is remembered.
  public func identities() throws(StoreError) -> [FileIdentityRow] {
    try read { (reader) throws(StoreError) in try reader.identities() }
  }

  /// Remembers files, all or none; a path has one row.
  public func save(_ identities: [FileIdentityRow]) throws(StoreError) {
    try write { (database) throws(StoreError) in
      for row in identities {
        // A file that only grew keeps its row and its place in the index of inodes.
        try database.run(
          """
          UPDATE files SET incarnation = ?, epoch = ?, first_hash = ?, position = ?, witness = ?, size = ?,
            mtime_ns = ?, seen_at = ? WHERE path = ? AND device = ? AND inode = ?
          """, row.incarnation, row.epoch, row.firstHash, row.position, row.witness, row.size, row.mtimeNS,
          row.seenAtMS, row.path, row.device, row.inode)
        if database.changes > 0 { continue }
        try database.run(
          "INSERT OR REPLACE INTO files(\(FileIdentityRow.columns)) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
          row.path, row.device, row.inode, row.incarnation, row.epoch, row.firstHash, row.position,
          row.witness,
          row.size, row.mtimeNS, row.seenAtMS)
      }
    }
  }

  /// Forgets the file at a path. Its time index is dropped by `dropTimeIndex`.
  public func forget(path: String) throws(StoreError) {
    try write { (database) throws(StoreError) in try database.run("DELETE FROM files WHERE path = ?", path) }
  }
}
