/// How the store is, for `/health`.
public struct StoreStatus: Sendable, Hashable {
  /// Whether what should be stored is stored.
  public enum Health: Sendable, Hashable {
    /// The newest write succeeded.
    case ok
    /// The newest write failed, or the file could only be opened for reading; the reason in words.
    case degraded(reason: String)
  }

  /// Whether what should be stored is stored.
  public var health: Health
  /// The database file.
  public var path: String
  /// Bytes on the disk, write-ahead log included.
  public var bytes: Int64
  /// Where a damaged database was moved when this store was opened.
  public var movedAside: String?

  /// A status.
  public init(health: Health, path: String, bytes: Int64, movedAside: String? = nil) {
    self.health = health
    self.path = path
    self.bytes = bytes
    self.movedAside = movedAside
  }
}
