extension StoreReader {
  /// The last point before which every record is older than `ms`: reading for "from `ms` on" begins at its offset,
  /// or at 0 when there is none.
  public func timeIndex(_ key: TimeIndexKey, before ms: Int64) throws(StoreError) -> TimeIndexEntry? {
    try database.first(
      """
      SELECT offset, newest_ms FROM time_index
      WHERE file_id = (SELECT id FROM time_indexed WHERE path = ? AND epoch = ?) AND newest_ms < ?
      ORDER BY newest_ms DESC, offset DESC LIMIT 1
      """, key.path, key.epoch, ms
    ) { TimeIndexEntry(offset: $0.uint64(0), newestMS: $0.int64(1)) }
  }

  /// The newest point, from which indexing goes on.
  public func newestTimeIndexEntry(_ key: TimeIndexKey) throws(StoreError) -> TimeIndexEntry? {
    try database.first(
      """
      SELECT offset, newest_ms FROM time_index
      WHERE file_id = (SELECT id FROM time_indexed WHERE path = ? AND epoch = ?)
      ORDER BY newest_ms DESC, offset DESC LIMIT 1
      """, key.path, key.epoch
    ) { TimeIndexEntry(offset: $0.uint64(0), newestMS: $0.int64(1)) }
  }

  /// Up to which offset the file's times are indexed; nil when nothing is.
  public func timeIndexedThrough(_ key: TimeIndexKey) throws(StoreError) -> UInt64? {
    try database.first(
      "SELECT through FROM time_indexed WHERE path = ? AND epoch = ?", key.path, key.epoch
    ) { $0.uint64(0) }
  }
}

extension Store {
  /// The last point before which every record is older than `ms`.
  public func timeIndex(_ key: TimeIndexKey, before ms: Int64) throws(StoreError) -> TimeIndexEntry? {
    try read { (reader) throws(StoreError) in try reader.timeIndex(key, before: ms) }
  }

  /// The newest point, from which indexing goes on.
  public func newestTimeIndexEntry(_ key: TimeIndexKey) throws(StoreError) -> TimeIndexEntry? {
    try read { (reader) throws(StoreError) in try reader.newestTimeIndexEntry(key) }
  }

  /// Up to which offset the file's times are indexed.
  public func timeIndexedThrough(_ key: TimeIndexKey) throws(StoreError) -> UInt64? {
    try read { (reader) throws(StoreError) in try reader.timeIndexedThrough(key) }
  }

  /// Adds points and says up to which offset the file is indexed; adding a point again changes nothing.
  public func appendTimeIndex(
    _ key: TimeIndexKey, _ entries: [TimeIndexEntry], through offset: UInt64
  ) throws(StoreError) {
    try write { (database) throws(StoreError) in
      try database.appendTimeIndex(key, entries, through: offset)
    }
  }

  /// Forgets the times of a file's contents.
  public func dropTimeIndex(_ key: TimeIndexKey) throws(StoreError) {
    try write { (database) throws(StoreError) in
      try database.run("DELETE FROM time_indexed WHERE path = ? AND epoch = ?", key.path, key.epoch)
    }
  }

  /// Forgets the times of a path under every epoch but one, after a rewrite or, without one, a deletion.
  public func dropTimeIndexes(path: String, except epoch: UInt32? = nil) throws(StoreError) {
    try write { (database) throws(StoreError) in
      try database.dropTimeIndexes(path: path, except: epoch)
    }
  }
}

extension Database {
  /// As `Store.dropTimeIndexes`, inside the transaction of what was read of the new content.
  public func dropTimeIndexes(path: String, except epoch: UInt32? = nil) throws(StoreError) {
    try run("DELETE FROM time_indexed WHERE path = ? AND epoch IS NOT ?", path, epoch)
  }

  /// As `Store.appendTimeIndex`, inside the transaction of what was read with the times.
  public func appendTimeIndex(
    _ key: TimeIndexKey, _ entries: [TimeIndexEntry], through offset: UInt64
  ) throws(StoreError) {
    try run(
      """
      INSERT INTO time_indexed(path, epoch, through) VALUES (?, ?, ?)
      ON CONFLICT(path, epoch) DO UPDATE SET through = max(through, excluded.through)
      """, key.path, key.epoch, offset)
    for entry in entries {
      try run(
        """
        INSERT OR IGNORE INTO time_index(file_id, newest_ms, offset)
        SELECT id, ?, ? FROM time_indexed WHERE path = ? AND epoch = ?
        """, entry.newestMS, entry.offset, key.path, key.epoch)
    }
  }
}
