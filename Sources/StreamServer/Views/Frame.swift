import Wire

/// Which position a frame stands for. All frames of a line but the last are parts (STREAMS section 2).
public enum FrameID: Sendable, Hashable {
  /// `<epoch>-<offset>.<n>`, n from 1.
  case part(Int)
  /// `<epoch>-<offset>`
  case record

  /// The position for a line that ends at `line`.
  public func cursor(at line: Cursor) -> Cursor {
    switch self {
    case .part(let number): Cursor(epoch: line.epoch, offset: line.offset, part: number)
    case .record: Cursor(epoch: line.epoch, offset: line.offset)
    }
  }
}

/// One thing to send, before it is wrapped for a socket.
public struct Frame: Sendable, Hashable {
  /// The SSE event's name; empty where the view sends bare data.
  public var event: String
  /// One JSON value without CR and LF, or `[DONE]`.
  public var data: [UInt8]
  /// The position that a client which has this frame resumes from; nil if it keeps the one before.
  public var id: FrameID?

  /// A frame.
  public init(event: String = "", data: [UInt8], id: FrameID? = nil) {
    self.event = event
    self.data = data
    self.id = id
  }

  /// The last line of a `ui` stream. It is not JSON.
  public static let done = Frame(data: Array("[DONE]".utf8))
}

/// Deals out the ids of one line's frames. What `include` leaves out takes its number all the same, so that a
/// position means the same to every watcher of a view.
struct PartNumbers {
  let total: Int
  private(set) var dealt = 0

  init(total: Int) {
    self.total = total
  }

  mutating func next() -> FrameID {
    dealt += 1
    return dealt == total ? .record : .part(dealt)
  }
}
