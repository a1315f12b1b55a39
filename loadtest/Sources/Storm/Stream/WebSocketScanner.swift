/// Finds the frames that a server sends on a WebSocket (RFC 6455 section 5.2) in bytes that lie together.
enum WebSocketScanner {
  enum Found {
    case needsMore
    case fault
    case frame(opcode: UInt8, payload: Stretch, end: Int)
  }

  /// Reads the frame that starts at `start`. A fragment, a masked frame or a reserved bit is a fault: the
  /// server under test sends none.
  @inline(__always)
  static func next(_ input: Stretch, _ start: Int) -> Found {
    guard input.count - start >= 2 else { return .needsMore }
    let first = input[start]
    let opcode = first & 0x0f
    guard first & 0xf0 == 0x80, opcode != 0, input[start + 1] & 0x80 == 0 else { return .fault }
    var length = Int(input[start + 1])
    var header = 2
    if length >= 126 {
      let bytes = length == 126 ? 2 : 8
      guard input.count - start >= 2 + bytes else { return .needsMore }
      guard bytes == 2 || input[start + 2] & 0x80 == 0 else { return .fault }
      length = 0
      for index in 0..<bytes { length = length << 8 | Int(input[start + 2 + index]) }
      header += bytes
    }
    guard input.count - start - header >= length else { return .needsMore }
    let from = start + header
    return .frame(opcode: opcode, payload: input.cut(from, from + length), end: from + length)
  }

  /// Appends a frame as a client sends it: final, masked with `mask`.
  static func appendMasked(
    opcode: UInt8, _ payload: some Collection<UInt8>, mask: UInt32, to target: inout [UInt8]
  ) {
    target.append(0x80 | opcode)
    let count = payload.count
    switch count {
    case 0..<126: target.append(0x80 | UInt8(count))
    case 126..<0x10000:
      target.append(0x80 | 126)
      target.append(UInt8(count >> 8))
      target.append(UInt8(truncatingIfNeeded: count))
    default:
      target.append(0x80 | 127)
      for shift in stride(from: 56, through: 0, by: -8) {
        target.append(UInt8(truncatingIfNeeded: count >> shift))
      }
    }
    let key = (0..<4).map { UInt8(truncatingIfNeeded: mask >> (24 - 8 * UInt32($0))) }
    target.append(contentsOf: key)
    for (index, byte) in payload.enumerated() { target.append(byte ^ key[index & 3]) }
  }
}
