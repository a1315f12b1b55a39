/// An access key as it is stored: its hash, never the key.
public struct AccessKeyRow: Sendable, Hashable {
  /// The key's id, which may be shown.
  public var id: String
  /// What its owner called it.
  public var name: String
  /// SHA-256 of the key.
  public var hash: [UInt8]
  /// When it was made, milliseconds since 1970.
  public var createdMS: Int64
  /// When it was last used, milliseconds since 1970.
  public var lastUsedMS: Int64?

  /// A key.
  public init(id: String, name: String, hash: [UInt8], createdMS: Int64, lastUsedMS: Int64? = nil) {
    self.id = id
    self.name = name
    self.hash = hash
    self.createdMS = createdMS
    self.lastUsedMS = lastUsedMS
  }
}

extension AccessKeyRow {
  static let columns = "id, name, hash, created_at, last_used_at"

  init(_ row: Statement) {
    self.init(
      id: row.text(0), name: row.text(1), hash: row.blob(2), createdMS: row.int64(3),
      lastUsedMS: row.optionalInt64(4))
  }
}
