import Store
import Wire

/// Which file a cursor speaks of: its place on disk and how often its content was replaced (STREAMS section 2).
public struct FileIdentity: Sendable, Hashable {
  /// Device and inode when last seen.
  public var device: UInt64
  /// Inode on that device.
  public var inode: UInt64
  /// Raised whenever a truncation or rewrite is seen.
  public var incarnation: UInt32
  /// SHA-256 over the head of the first complete record.
  public var firstHash: [UInt8]

  /// How much of the first record is hashed: its head tells two transcripts apart, whatever its size.
  public static let hashedBytes = 64 << 10

  /// An identity.
  public init(device: UInt64, inode: UInt64, incarnation: UInt32, firstHash: [UInt8]) {
    self.device = device
    self.inode = inode
    self.incarnation = incarnation
    self.firstHash = firstHash
  }

  /// The hash of a first record (without its newline).
  public static func hash(ofFirst line: ArraySlice<UInt8>) -> [UInt8] {
    Digest.sha256(Array(line.prefix(hashedBytes)))
  }

  /// Eight hex digits of every cursor into this content.
  public var epoch: Epoch {
    var input = firstHash
    withUnsafeBytes(of: incarnation.bigEndian) { input.append(contentsOf: $0) }
    let digest = Digest.sha256(input)
    return Epoch(digest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
  }
}
