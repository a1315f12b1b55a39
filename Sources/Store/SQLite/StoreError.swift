import CSQLite

/// What SQLite answered when it could not do what was asked.
public struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
  /// SQLite's extended result code, or one of this type's own, which are negative.
  public var code: Int32
  /// The reason in words, without any stored value.
  public var message: String

  /// The code of a database that a newer version of this program has migrated.
  public static let newerDatabase: Int32 = -1
  /// The code of a database that lacks migrations which a read-only connection cannot make.
  public static let olderDatabase: Int32 = -2

  /// The code of a damaged database that cannot be moved out of the way.
  public static let damagedInPlace: Int32 = -3
  /// The server is stopping.
  static let closed = StoreError(code: SQLITE_MISUSE, message: "the database is closed")
  /// SQLite's code for a damaged file.
  static let corruptDatabase: Int32 = SQLITE_CORRUPT

  /// An error with a code of SQLite or of this type.
  public init(code: Int32, message: String) {
    self.code = code
    self.message = message
  }

  /// The newest failure of a connection; the general text of `code` when there is no connection.
  init(code: Int32, connection: OpaquePointer?) {
    self.code = code
    let text = connection.map { sqlite3_errmsg($0) } ?? sqlite3_errstr(code)
    message = text.map { String(cString: $0) } ?? "unknown failure"
  }

  /// The code without SQLite's details.
  private var primary: Int32 { code < 0 ? code : code & 0xFF }

  /// Another connection held a lock longer than the busy timeout.
  public var isBusy: Bool { primary == SQLITE_BUSY || primary == SQLITE_LOCKED }
  /// No room on the disk, or the database's own limit of pages is reached.
  public var isFull: Bool { primary == SQLITE_FULL }
  /// The file, its directory or the connection may not be written.
  public var isReadOnly: Bool { primary == SQLITE_READONLY }
  /// The file is damaged or is no database.
  public var isCorrupt: Bool { primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB }
  /// The storage failed, not the statement: worth saying in `/health`, and likely to pass.
  public var isStorageFailure: Bool {
    isBusy || isFull || isReadOnly || isCorrupt || primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN
      || primary == SQLITE_PERM || primary == SQLITE_NOMEM
  }

  /// The reason in words and the code.
  public var description: String { "\(message) (code \(code))" }
}
