import Glibc

/// The last bytes read before a position: proof that a file still holds what was read from it.
///
/// A truncation that grew back, or a rewrite, cannot be told from an append by size alone; these bytes can tell.
public struct Witness: Sendable, Hashable {
  /// Most bytes kept.
  public static let span = 256
  /// The position just after the bytes.
  public var end: UInt64
  /// The bytes before `end`, at most `span`.
  public var bytes: [UInt8]

  /// Nothing read yet.
  public static let none = Witness(end: 0, bytes: [])

  /// Bytes that end at a position.
  public init(end: UInt64, bytes: [UInt8]) {
    self.end = end
    self.bytes = bytes
  }

  /// The position of the first byte.
  public var start: UInt64 { end - UInt64(bytes.count) }

  /// Takes what was read at `end`.
  public mutating func advance(over read: ArraySlice<UInt8>) {
    end += UInt64(read.count)
    if read.count >= Self.span {
      bytes = Array(read.suffix(Self.span))
    } else {
      bytes.append(contentsOf: read)
      if bytes.count > Self.span { bytes.removeFirst(bytes.count - Self.span) }
    }
  }

  /// True when what was read from `start` on begins with these bytes.
  func begins(_ read: [UInt8]) -> Bool {
    guard read.count >= bytes.count else { return false }
    return bytes.withUnsafeBytes { kept in
      read.withUnsafeBytes { read in
        guard let kept = kept.baseAddress, let read = read.baseAddress else { return true }
        return memcmp(kept, read, bytes.count) == 0
      }
    }
  }

  /// True when the file still has these bytes where they were.
  public func holds(in file: OpenFile) -> Bool {
    guard !bytes.isEmpty else { return true }
    guard let now = try? file.read(at: start, count: bytes.count) else { return false }
    return now == bytes
  }
}
