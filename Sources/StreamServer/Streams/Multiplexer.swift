import Wire

/// Puts several sessions on one stream: every id becomes the set of all positions, and every event says whose it is.
/// A value of its connection; it takes whole frames without chunk framing.
struct Multiplexer {
  private var positions: CursorSet

  init(_ positions: CursorSet) { self.positions = positions }

  /// Rewrites frames of one session and wraps each for the connection.
  mutating func compose(
    _ frames: UnsafeRawBufferPointer, session: String, isChunked: Bool, into target: inout [UInt8]
  ) {
    var start = 0
    while start < frames.count, let end = Self.frameEnd(in: frames, from: start) {
      let frame = rewrite(UnsafeRawBufferPointer(rebasing: frames[start..<end]), session: session)
      if isChunked { HTTPChunk.append(frame, to: &target) } else { target.append(contentsOf: frame) }
      start = end
    }
  }

  private mutating func rewrite(_ frame: UnsafeRawBufferPointer, session: String) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(frame.count + 128)
    for line in frame.split(separator: 0x0A) {
      if line.starts(with: "id: ".utf8) {
        if let cursor = Cursor(String(decoding: line.dropFirst(4), as: UTF8.self)) {
          positions[session] = cursor
        }
        result.append(contentsOf: "id: ".utf8)
        positions.append(to: &result)
      } else if line.starts(with: "data: {".utf8), !line.starts(with: "data: {\"session_id\"".utf8) {
        result.append(contentsOf: "data: {\"session_id\":\"".utf8)
        result.append(contentsOf: session.utf8)
        let rest = line.dropFirst(7)
        result.append(contentsOf: (rest.first == UInt8(ascii: "}") ? "\"" : "\",").utf8)
        result.append(contentsOf: rest)
      } else {
        result.append(contentsOf: line)
      }
      result.append(0x0A)
    }
    result.append(0x0A)
    return result
  }

  /// The position after the empty line that ends a frame. Data never holds a line break, so this is exact.
  private static func frameEnd(in frames: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var at = start
    while at + 1 < frames.count {
      if frames[at] == 0x0A, frames[at + 1] == 0x0A { return at + 2 }
      at += 1
    }
    return nil
  }
}
