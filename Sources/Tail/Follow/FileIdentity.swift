import Store
import Wire

/// Which file a cursor speaks of: its place on disk and how often its content was replaced (STREAMS section 2).
public struct FileIdentity: Sendable, Hashable {
  /// Device and inode when last seen.
  public var device: UInt64
  /// Inode on that device.
  public var inode: UInt64
  /// Raised whenever a truncation or rewrite is seen.
  public var incarnation: UInt32 { didSet { epoch = Self.epoch(firstHash, incarnation) } }
  /// SHA-256 over the head of the first complete record.
  public var firstHash: [UInt8] { didSet { epoch = Self.epoch(firstHash, incarnation) } }
  /// Eight hex digits of every cursor into this content. Kept, because every line asks for it.
  public private(set) var epoch: Epoch

  /// How much of the first record is hashed: its head tells two transcripts apart, whatever its size.
  public static let hashedBytes = 64 << 10

  /// An identity.
  public init(device: UInt64, inode: UInt64, incarnation: UInt32, firstHash: [UInt8]) {
    self.device = device
    self.inode = inode
    self.incarnation = incarnation
    self.firstHash = firstHash
    epoch = Self.epoch(firstHash, incarnation)
  }

  /// The hash of a first record (without its newline).
  public static func hash(ofFirst line: ArraySlice<UInt8>) -> [UInt8] {
    Digest.sha256(Array(line.prefix(hashedBytes)))
  }

  private static func epoch(_ firstHash: [UInt8], _ incarnation: UInt32) -> Epoch {
    var input = firstHash
    withUnsafeBytes(of: incarnation.bigEndian) { input.append(contentsOf: $0) }
    let digest = Digest.sha256(input)
    return Epoch(digest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
  }
}
