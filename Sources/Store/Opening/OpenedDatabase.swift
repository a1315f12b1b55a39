/// A connection as opening left it. Made on any thread, then kept by the one that owns the store or the reader.
struct OpenedDatabase {
  var database: Database
  /// Minted at the database's creation; the first half of every id of the change feed.
  var feedEpoch: UInt32
  /// Why the file could not be opened for writing.
  var unwritable: StoreError?
  /// Where a damaged file went.
  var movedAside: String?

  /// Opens for writing. A damaged file is moved aside and a new one begun; a file that cannot be written (full
  /// disk, no permission) but can be read is opened for reading.
  static func open(
    _ path: String, migrations: [Migration], limits: StoreLimits, nowMS: Int64
  ) throws(StoreError) -> OpenedDatabase {
    do throws(StoreError) {
      return try writing(path, migrations: migrations, limits: limits, nowMS: nowMS)
    } catch  where error.isCorrupt {
      let movedAside = try DatabaseFile(path: path).moveAside(nowMS: nowMS)
      var opened = try writing(path, migrations: migrations, limits: limits, nowMS: nowMS)
      opened.movedAside = movedAside
      return opened
    } catch  where error.isStorageFailure {
      // Reading and live streaming must go on; the first failure is the one that says why.
      guard var opened = try? reading(path, migrations: migrations, limits: limits) else { throw error }
      opened.unwritable = error
      return opened
    }
  }

  /// Opens for writing and brings the schema up to date.
  static func writing(
    _ path: String, migrations: [Migration], limits: StoreLimits, nowMS: Int64
  ) throws(StoreError) -> OpenedDatabase {
    let database = try Database(
      path: path, busyTimeout: limits.busyTimeout, cachedStatements: limits.cachedStatements)
    try database.execute(
      """
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA foreign_keys = ON;
      PRAGMA journal_size_limit = \(limits.journalBytes);
      """)
    try database.examineIfSuspected()
    try database.migrate(migrations, nowMS: nowMS)
    let minted = UInt32.random(in: 1...UInt32.max)
    if try database.storedFeedEpoch() == nil {
      try database.run("INSERT INTO meta(key, value) VALUES ('feed_epoch', ?) ON CONFLICT DO NOTHING", minted)
    }
    let epoch = try database.storedFeedEpoch() ?? minted
    return OpenedDatabase(database: database, feedEpoch: epoch)
  }

  /// Opens for reading, beside a writer or alone.
  static func reading(
    _ path: String, migrations: [Migration], limits: StoreLimits
  ) throws(StoreError) -> OpenedDatabase {
    do throws(StoreError) {
      return try reading(path, mode: .read, migrations: migrations, limits: limits)
    } catch
      where error.isStorageFailure && !error.isBusy && !error.isCorrupt && !DatabaseFile(path: path).hasLog
    {
      // Readers of a log share an index file; where it cannot be made and nobody writes, none is needed.
      return try reading(path, mode: .immutable, migrations: migrations, limits: limits)
    }
  }

  private static func reading(
    _ path: String, mode: Database.Mode, migrations: [Migration], limits: StoreLimits
  ) throws(StoreError) -> OpenedDatabase {
    let database = try Database(
      path: path, mode: mode, busyTimeout: limits.busyTimeout, cachedStatements: limits.cachedStatements)
    let pending = try database.pendingMigrations(migrations)
    guard pending.isEmpty, let epoch = try database.storedFeedEpoch() else {
      throw StoreError(
        code: StoreError.olderDatabase,
        message: "the database \(path) was written by an older version; start the server once to update it")
    }
    return OpenedDatabase(database: database, feedEpoch: epoch)
  }
}

extension Database {
  fileprivate func storedFeedEpoch() throws(StoreError) -> UInt32? {
    try first("SELECT value FROM meta WHERE key = 'feed_epoch'") { $0.uint32(0) }
  }

  /// Reads the whole file if the last run met damage in it. Otherwise a start costs a few pages.
  fileprivate func examineIfSuspected() throws(StoreError) {
    let file = DatabaseFile(path: path)
    guard file.isSuspected else { return }
    let verdict = try first("PRAGMA quick_check(1)") { $0.text(0) }
    guard verdict == "ok" else {
      throw StoreError(code: StoreError.corruptDatabase, message: verdict ?? "the file is damaged")
    }
    file.clearSuspicion()
  }
}
