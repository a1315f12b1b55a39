/// One value of SQLite.
public enum SQLValue: Sendable, Hashable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])
}

/// A Swift value that can stand for a `?` of a statement.
public protocol SQLBindable {
  /// The value as SQLite stores it.
  var sqlValue: SQLValue { get }
}

extension SQLValue: SQLBindable {
  /// Itself.
  public var sqlValue: SQLValue { self }
}

extension Int: SQLBindable {
  /// An integer.
  public var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension Int64: SQLBindable {
  /// An integer.
  public var sqlValue: SQLValue { .integer(self) }
}

extension UInt32: SQLBindable {
  /// An integer.
  public var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension UInt64: SQLBindable {
  /// The same 64 bits as a signed integer: SQLite has no unsigned ones, and inode numbers use all bits.
  public var sqlValue: SQLValue { .integer(Int64(bitPattern: self)) }
}

extension Bool: SQLBindable {
  /// 0 or 1.
  public var sqlValue: SQLValue { .integer(self ? 1 : 0) }
}

extension Double: SQLBindable {
  /// A real.
  public var sqlValue: SQLValue { .real(self) }
}

extension String: SQLBindable {
  /// A text, NUL characters included.
  public var sqlValue: SQLValue { .text(self) }
}

extension [UInt8]: SQLBindable {
  /// A blob.
  public var sqlValue: SQLValue { .blob(self) }
}

extension Optional: SQLBindable where Wrapped: SQLBindable {
  /// The value or NULL.
  public var sqlValue: SQLValue { self?.sqlValue ?? .null }
}
