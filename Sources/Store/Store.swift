/// The writing connection of the database; lives on the thread of the executor that it is given.
///
/// Every write is one transaction. When the storage fails (full disk, a lock held too long, a read-only or damaged
/// file) the write throws, `status` says so until a write succeeds again, and reads go on.
public actor Store {
  /// The database file.
  public nonisolated let path: String
  /// Minted when the database was created: the first half of every id of the change feed.
  public nonisolated let feedEpoch: UInt32
  /// The limits that the store was opened with.
  public nonisolated let limits: StoreLimits

  private nonisolated let executor: any SerialExecutor
  private let migrations: [Migration]
  private let now: @Sendable () -> Int64
  private let movedAside: String?
  private var reader: StoreReader
  /// Set while the file is open for reading only.
  private var unwritable: StoreError?
  private var lastFailure: StoreError?

  /// The thread that the connection lives on.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Opens the database, or begins one. May block for `limits.busyTimeout`.
  ///
  /// Throws when the file can be neither written nor read, and `StoreError.newerDatabase` for the file of a newer
  /// version. A damaged file is moved aside, see `StoreStatus.movedAside`.
  /// - Parameter migrations: the schema of other modules, applied after the store's own.
  /// - Parameter now: milliseconds since 1970.
  public init(
    path: String, executor: any SerialExecutor, limits: StoreLimits = StoreLimits(),
    migrations: [Migration] = [], now: @escaping @Sendable () -> Int64 = WallClock.milliseconds
  ) throws(StoreError) {
    let all = Schema.migrations + migrations
    let opened = try OpenedDatabase.open(path, migrations: all, limits: limits, nowMS: now())
    self.path = path
    self.executor = executor
    self.limits = limits
    self.migrations = all
    self.now = now
    feedEpoch = opened.feedEpoch
    movedAside = opened.movedAside
    unwritable = opened.unwritable
    reader = StoreReader(opened, limits: limits)
  }

  /// Milliseconds since 1970 by the store's clock.
  var nowMS: Int64 { now() }

  /// Whether the store keeps what it is given, and how large it is.
  public var status: StoreStatus {
    let health = (unwritable ?? lastFailure).map { StoreStatus.Health.degraded(reason: $0.message) } ?? .ok
    return StoreStatus(
      health: health, path: path, bytes: DatabaseFile(path: path).bytes, movedAside: movedAside)
  }

  /// Runs reads on the writing connection, in one snapshot.
  public func read<Value: Sendable>(
    _ body: @Sendable (StoreReader) throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    do throws(StoreError) {
      return try reader.database.transaction(.snapshot) { () throws(StoreError) in try body(reader) }
    } catch {
      if error.isCorrupt { note(error) }
      throw error
    }
  }

  /// Runs writes as one transaction: all of them are stored, or the call throws and none is.
  ///
  /// Other modules write their own tables here, together with the rows of the change log.
  public func write<Value: Sendable>(
    _ body: @Sendable (Database) throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    do throws(StoreError) {
      if unwritable != nil { try reopen() }
      let database = reader.database
      database.waitForLocks(lastFailure?.isBusy == true ? limits.busyRetry : limits.busyTimeout)
      let value = try database.transaction { () throws(StoreError) in try body(database) }
      lastFailure = nil
      return value
    } catch {
      note(error)
      throw error
    }
  }

  /// Ends the connection, so that a server that stops leaves one file; what is asked for afterwards throws.
  public func close() { reader.database.close() }

  /// Tries to write a file that could only be read so far.
  private func reopen() throws(StoreError) {
    let opened = try OpenedDatabase.writing(path, migrations: migrations, limits: limits, nowMS: now())
    // Another database has been put there: ids of the change feed would mean other changes.
    guard opened.feedEpoch == feedEpoch else {
      throw StoreError(code: StoreError.newerDatabase, message: "\(path) was replaced; restart to use it")
    }
    reader = StoreReader(opened, limits: limits)
    unwritable = nil
  }

  private func note(_ error: StoreError) {
    // A statement that broke a rule of its table says nothing about the storage.
    guard error.isStorageFailure else { return }
    lastFailure = error
    if unwritable != nil { unwritable = error }
    if error.isCorrupt { DatabaseFile(path: path).suspect() }
  }
}
