/// What is remembered of a transcript file, so that a change made while no server ran is recognised
/// (STREAMS section 2).
public struct FileIdentityRow: Sendable, Hashable {
  /// The file's path.
  public var path: String
  /// `st_dev`.
  public var device: UInt64
  /// `st_ino`.
  public var inode: UInt64
  /// How many truncations and rewrites have been seen.
  public var incarnation: UInt32
  /// The epoch of the file's cursors.
  public var epoch: UInt32
  /// Hash of the first complete record.
  public var firstHash: [UInt8]
  /// Bytes read.
  public var position: UInt64
  /// Hash of the last bytes before `position`.
  public var witness: [UInt8]
  /// Bytes of the file when it was last seen.
  public var size: UInt64
  /// Modification time when it was last seen, nanoseconds since 1970.
  public var mtimeNS: Int64
  /// When it was last seen, milliseconds since 1970.
  public var seenAtMS: Int64

  /// A file as it was last seen.
  public init(
    path: String, device: UInt64, inode: UInt64, incarnation: UInt32, epoch: UInt32, firstHash: [UInt8],
    position: UInt64, witness: [UInt8], size: UInt64, mtimeNS: Int64, seenAtMS: Int64
  ) {
    self.path = path
    self.device = device
    self.inode = inode
    self.incarnation = incarnation
    self.epoch = epoch
    self.firstHash = firstHash
    self.position = position
    self.witness = witness
    self.size = size
    self.mtimeNS = mtimeNS
    self.seenAtMS = seenAtMS
  }
}

extension FileIdentityRow {
  static let columns =
    "path, device, inode, incarnation, epoch, first_hash, position, witness, size, mtime_ns, seen_at"

  init(_ row: Statement) {
    self.init(
      path: row.text(0), device: row.uint64(1), inode: row.uint64(2), incarnation: row.uint32(3),
      epoch: row.uint32(4), firstHash: row.blob(5), position: row.uint64(6), witness: row.blob(7),
      size: row.uint64(8), mtimeNS: row.int64(9), seenAtMS: row.int64(10))
  }
}
