import CSQLite

/// A compiled statement of one `Database`; lives on that database's thread.
///
/// `Database.query` and `Database.run` are the everyday way: they always reset. A statement that is stepped by
/// hand and never reset keeps its snapshot, and with it the write-ahead log, alive.
public final class Statement {
  private let handle: OpaquePointer
  private let connection: OpaquePointer

  /// SQLite copies what is bound with this, so that no pointer outlives its call.
  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  init(_ sql: String, connection: OpaquePointer, persistent: Bool) throws(StoreError) {
    var handle: OpaquePointer?
    let flags = persistent ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
    let code = sqlite3_prepare_v3(connection, sql, -1, flags, &handle, nil)
    guard code == SQLITE_OK else { throw StoreError(code: code, connection: connection) }
    guard let handle else { throw StoreError(code: SQLITE_MISUSE, message: "an empty statement") }
    self.handle = handle
    self.connection = connection
  }

  deinit { sqlite3_finalize(handle) }

  /// True between the first step and the reset or the last row.
  var isRunning: Bool { sqlite3_stmt_busy(handle) != 0 }

  /// Sets the `?` at `index`, counted from 1.
  public func bind(_ index: Int, _ value: some SQLBindable) throws(StoreError) {
    let index = Int32(index)
    let code =
      switch value.sqlValue {
      case .null: sqlite3_bind_null(handle, index)
      case .integer(let value): sqlite3_bind_int64(handle, index, value)
      case .real(let value): sqlite3_bind_double(handle, index, value)
      case .text(var text): text.withUTF8 { bind($0, at: index, as: .text) }
      case .blob(let bytes): bytes.withUnsafeBufferPointer { bind($0, at: index, as: .blob) }
      }
    guard code == SQLITE_OK else { throw StoreError(code: code, connection: connection) }
  }

  private enum ByteKind { case text, blob }

  private func bind(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int32, as kind: ByteKind) -> Int32 {
    // SQLite reads a null pointer as NULL; an empty text or blob is a value.
    guard let base = bytes.baseAddress, !bytes.isEmpty else {
      return kind == .text
        ? sqlite3_bind_text(handle, index, "", 0, Self.transient) : sqlite3_bind_zeroblob(handle, index, 0)
    }
    let length = UInt64(bytes.count)
    return switch kind {
    case .text: sqlite3_bind_text64(handle, index, base, length, Self.transient, UInt8(SQLITE_UTF8))
    case .blob: sqlite3_bind_blob64(handle, index, base, length, Self.transient)
    }
  }

  /// Goes to the next row.
  /// - Returns: false after the last row, and for a statement that has none.
  public func step() throws(StoreError) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw StoreError(code: code, connection: connection)
    }
  }

  /// Makes the statement ready for its next use and ends its read.
  public func reset() {
    // The result repeats the failure that `step` has already thrown.
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
  }

  /// True when the column, counted from 0, is NULL in this row.
  public func isNull(_ column: Int) -> Bool { sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL }

  /// The column as an integer; 0 for NULL.
  public func int64(_ column: Int) -> Int64 { sqlite3_column_int64(handle, Int32(column)) }

  /// The column as an integer; 0 for NULL.
  public func int(_ column: Int) -> Int { Int(int64(column)) }

  /// The column's 64 bits as an unsigned number; 0 for NULL.
  public func uint64(_ column: Int) -> UInt64 { UInt64(bitPattern: int64(column)) }

  /// The column's low 32 bits as an unsigned number; 0 for NULL.
  public func uint32(_ column: Int) -> UInt32 { UInt32(truncatingIfNeeded: int64(column)) }

  /// The column as an integer, nil for NULL.
  public func optionalInt64(_ column: Int) -> Int64? { isNull(column) ? nil : int64(column) }

  /// The column as an integer, nil for NULL.
  public func optionalInt(_ column: Int) -> Int? { isNull(column) ? nil : int(column) }

  /// The column as a real; 0 for NULL.
  public func double(_ column: Int) -> Double { sqlite3_column_double(handle, Int32(column)) }

  /// The column as a text, "" for NULL; bytes that are not UTF-8 become U+FFFD.
  public func text(_ column: Int) -> String {
    guard let base = sqlite3_column_text(handle, Int32(column)) else { return "" }
    let count = Int(sqlite3_column_bytes(handle, Int32(column)))
    return String(decoding: UnsafeBufferPointer(start: base, count: count), as: UTF8.self)
  }

  /// The column as a text, nil for NULL.
  public func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

  /// The column as bytes; empty for NULL.
  public func blob(_ column: Int) -> [UInt8] {
    guard let base = sqlite3_column_blob(handle, Int32(column)) else { return [] }
    return [UInt8](
      UnsafeRawBufferPointer(start: base, count: Int(sqlite3_column_bytes(handle, Int32(column)))))
  }
}
