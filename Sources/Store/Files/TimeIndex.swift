/// Which contents of which file a time index describes.
public struct TimeIndexKey: Sendable, Hashable {
  /// The file's path.
  public var path: String
  /// The epoch of the file's cursors.
  public var epoch: UInt32

  /// A file's contents under one epoch.
  public init(path: String, epoch: UInt32) {
    self.path = path
    self.epoch = epoch
  }
}

/// One point of the sparse time index (STREAMS section 2: about one per 64 KiB).
public struct TimeIndexEntry: Sendable, Hashable {
  /// A position just after a record.
  public var offset: UInt64
  /// The newest timestamp of all records before `offset`, milliseconds since 1970; never falls as offsets grow.
  public var newestMS: Int64

  /// A point.
  public init(offset: UInt64, newestMS: Int64) {
    self.offset = offset
    self.newestMS = newestMS
  }
}
