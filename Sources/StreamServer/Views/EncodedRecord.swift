import Wire

/// The frames of one line, ready for a socket: bytes that all watchers of a variant share.
public struct EncodedRecord: Sendable {
  /// All frames, one behind the other.
  public private(set) var bytes: [UInt8] = []
  /// For each frame the offset in `bytes` just behind it.
  public private(set) var ends: [Int] = []
  /// For each frame the position that it carries.
  public private(set) var ids: [FrameID?] = []
  /// The position of the line.
  public let line: Cursor

  /// The frames of the line that ends at `line`.
  public init(_ frames: [Frame], at line: Cursor, encoder: FrameEncoder) {
    self.line = line
    bytes.reserveCapacity(frames.reduce(0) { $0 + $1.data.count + FrameEncoder.overhead })
    for frame in frames {
      encoder.append(frame, line: line, into: &bytes)
      ends.append(bytes.count)
      ids.append(frame.id)
    }
  }
}
