/// Frames that a server sends on a WebSocket (RFC 6455 section 5.2): final, unmasked, without extensions.
public enum WebSocketFrame {
  /// What a frame carries.
  public enum Opcode: UInt8, Sendable {
    /// UTF-8 text.
    case text = 0x1
    /// Bytes.
    case binary = 0x2
    /// The end; no data frame follows.
    case close = 0x8
    /// Asks for a pong.
    case ping = 0x9
    /// Answers a ping.
    case pong = 0xa
  }

  /// Longest payload of a close, ping or pong, in bytes.
  public static let controlPayloadLimit = 125

  /// Appends the header of a frame with `length` bytes of payload; the payload follows as it is.
  public static func appendHeader(_ opcode: Opcode, length: Int, to target: inout [UInt8]) {
    precondition(length >= 0 && (opcode.rawValue < 8 || length <= controlPayloadLimit), "RFC 6455 5.5")
    target.append(0x80 | opcode.rawValue)
    let lengthBytes: Int
    switch length {
    case 0..<126:
      target.append(UInt8(length))
      lengthBytes = 0
    case 126..<0x10000:
      target.append(126)
      lengthBytes = 2
    default:
      target.append(127)
      lengthBytes = 8
    }
    for index in stride(from: lengthBytes - 1, through: 0, by: -1) {
      target.append(UInt8(truncatingIfNeeded: length >> (8 * index)))
    }
  }

  /// Appends a whole frame. The payload of a ping or pong beyond 125 bytes is cut.
  public static func append(
    _ opcode: Opcode, _ payload: some Collection<UInt8>, to target: inout [UInt8]
  ) {
    let length = opcode.rawValue < 8 ? payload.count : min(payload.count, controlPayloadLimit)
    appendHeader(opcode, length: length, to: &target)
    target.append(contentsOf: payload.prefix(length))
  }

  /// Appends a close frame; the reason is cut at a character so that it fits.
  public static func appendClose(code: UInt16, reason: String = "", to target: inout [UInt8]) {
    var text: [UInt8] = []
    for scalar in reason.unicodeScalars {
      guard text.count + scalar.utf8.count <= controlPayloadLimit - 2 else { break }
      text.append(contentsOf: scalar.utf8)
    }
    appendHeader(.close, length: text.count + 2, to: &target)
    target.append(UInt8(code >> 8))
    target.append(UInt8(truncatingIfNeeded: code))
    target.append(contentsOf: text)
  }
}
