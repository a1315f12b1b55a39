import CSQLite
import Glibc

/// One SQLite connection and its compiled statements; belongs to one thread or actor.
///
/// Not `Sendable`, so the compiler refuses a use from elsewhere; SQLite's own mutexes are therefore off.
public final class Database {
  /// How a database file is opened.
  public enum Mode: Sendable {
    /// Read and write; the file is created when it is missing.
    case write
    /// Read beside a writer in this or another process.
    case read
    /// Read a file that nobody writes, without locks and without the write-ahead log: for a directory in which
    /// the files that readers share cannot be created.
    case immutable
  }

  /// The file, or `:memory:`.
  public let path: String
  /// How the file is opened.
  public let mode: Mode

  private let handle: OpaquePointer
  private var statements: [String: Statement] = [:]
  private let cachedStatements: Int
  private var isOpen = true

  /// Opens a connection; SQLite touches the file at the first statement only.
  /// - Parameter busyTimeout: how long a statement waits for another connection's lock.
  /// - Parameter cachedStatements: how many compiled statements are kept.
  public init(
    path: String, mode: Mode = .write, busyTimeout: Duration = .seconds(2), cachedStatements: Int = 64
  ) throws(StoreError) {
    let (name, flags) =
      switch mode {
      case .write: (path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
      case .read: (path, SQLITE_OPEN_READONLY)
      case .immutable: (Self.immutableURI(path), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI)
      }
    if mode == .write, !path.hasPrefix(":") { Self.keepPrivate(path) }
    var handle: OpaquePointer?
    let code = sqlite3_open_v2(name, &handle, flags | SQLITE_OPEN_NOMUTEX, nil)
    guard let handle, code == SQLITE_OK else {
      let error = StoreError(code: code, connection: handle)
      sqlite3_close_v2(handle)
      throw error
    }
    self.handle = handle
    self.path = path
    self.mode = mode
    self.cachedStatements = cachedStatements
    sqlite3_extended_result_codes(handle, 1)
    waitForLocks(busyTimeout)
  }

  /// From now on a statement waits this long for another connection's lock.
  func waitForLocks(_ time: Duration) {
    guard isOpen else { return }
    let wait = time.components
    sqlite3_busy_timeout(
      handle, Int32(clamping: wait.seconds * 1000 + wait.attoseconds / 1_000_000_000_000_000))
  }

  // Statements that are still held keep the connection open until they are gone too.
  deinit { if isOpen { sqlite3_close_v2(handle) } }

  /// Ends the connection; the last one of a file moves the write-ahead log into it and removes the log. What comes
  /// after throws.
  func close() {
    guard isOpen else { return }
    isOpen = false
    statements.removeAll()
    sqlite3_close_v2(handle)
  }

  /// The row id of the newest insert on this connection.
  public var lastInsertRowID: Int64 { isOpen ? sqlite3_last_insert_rowid(handle) : 0 }

  /// How many rows the newest insert, update or delete changed.
  public var changes: Int { isOpen ? Int(sqlite3_changes64(handle)) : 0 }

  /// True between the beginning of a transaction and its end; SQLite ends one by itself on a full disk.
  public var isInTransaction: Bool { isOpen && sqlite3_get_autocommit(handle) == 0 }

  /// Runs any number of statements without values and drops their rows.
  public func execute(_ sql: String) throws(StoreError) {
    guard isOpen else { throw .closed }
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw StoreError(code: code, connection: handle) }
  }

  /// The compiled statement, from the cache unless the cached one is in the middle of its rows.
  public func prepare(_ sql: String) throws(StoreError) -> Statement {
    guard isOpen else { throw .closed }
    if let cached = statements[sql], !cached.isRunning { return cached }
    let statement = try Statement(sql, connection: handle, persistent: true)
    // Texts made at run time (lists of topics) could otherwise fill the cache for ever.
    if statements.count >= cachedStatements { statements.removeAll(keepingCapacity: true) }
    statements[sql] = statement
    return statement
  }

  /// Runs a statement that answers no rows.
  public func run(_ sql: String, _ values: any SQLBindable...) throws(StoreError) {
    try each(sql, values) { _ in }
  }

  /// Every row of a statement, mapped; columns count from 0.
  public func query<Row>(
    _ sql: String, _ values: any SQLBindable..., row: (Statement) -> Row
  ) throws(StoreError) -> [Row] {
    var rows: [Row] = []
    try each(sql, values) { rows.append(row($0)) }
    return rows
  }

  /// The first row of a statement, mapped, or nil.
  public func first<Row>(
    _ sql: String, _ values: any SQLBindable..., row: (Statement) -> Row
  ) throws(StoreError) -> Row? {
    let statement = try bound(sql, values)
    defer { statement.reset() }
    return try statement.step() ? row(statement) : nil
  }

  /// Walks the rows of a statement without keeping them.
  public func each(
    _ sql: String, _ values: [any SQLBindable], row: (Statement) -> Void
  ) throws(StoreError) {
    let statement = try bound(sql, values)
    defer { statement.reset() }
    while try statement.step() { row(statement) }
  }

  private func bound(_ sql: String, _ values: [any SQLBindable]) throws(StoreError) -> Statement {
    let statement = try prepare(sql)
    for (index, value) in values.enumerated() {
      try statement.bind(index + 1, value)
    }
    return statement
  }

  /// SQLite's URI form of a path, in which `?`, `#` and `%` of the path would otherwise have a meaning.
  /// Lets nobody but the owner read the file, nor those that SQLite makes beside it with its mode: it holds what was
  /// said to agents, and secrets. Never through a descriptor of an existing file: to close one gives up all locks that
  /// this process has on it (fcntl(2)).
  private static func keepPrivate(_ path: String) {
    let descriptor = Glibc.open(path, O_CREAT | O_EXCL | O_CLOEXEC | O_WRONLY, 0o600)
    if descriptor >= 0 { Glibc.close(descriptor) } else { chmod(path, 0o600) }
  }

  private static func immutableURI(_ path: String) -> String {
    var uri = "file:"
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "?"): uri += "%3f"
      case UInt8(ascii: "#"): uri += "%23"
      case UInt8(ascii: "%"): uri += "%25"
      case 0x80...: uri += "%" + String(byte, radix: 16)
      default: uri.unicodeScalars.append(Unicode.Scalar(byte))
      }
    }
    return uri + "?immutable=1"
  }
}
