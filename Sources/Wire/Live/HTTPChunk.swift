/// The chunks of a chunked HTTP/1.1 body (RFC 9112 section 7.1).
public enum HTTPChunk {
  /// Ends the body, without trailers.
  public static let terminal: [UInt8] = Array("0\r\n\r\n".utf8)

  /// Appends `payload` as one chunk; an empty one appends nothing, because it would end the body.
  public static func append(_ payload: some Collection<UInt8>, to target: inout [UInt8]) {
    let count = payload.count
    guard count > 0 else { return }
    appendHeader(count, to: &target)
    target.append(contentsOf: payload)
    target.append(contentsOf: trailer)
  }

  /// `payload` as one chunk.
  public static func wrap(_ payload: some Collection<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(payload.count + 20)
    append(payload, to: &result)
    return result
  }

  /// What stands behind the payload of each chunk.
  public static let trailer: [UInt8] = Array("\r\n".utf8)

  /// Appends what stands before a payload of `count` bytes (at least 1); `trailer` must follow the payload.
  public static func appendHeader(_ count: Int, to target: inout [UInt8]) {
    precondition(count > 0, "a chunk of no bytes ends the body")
    let digits = (UInt64.bitWidth - count.leadingZeroBitCount + 3) / 4
    for digit in stride(from: digits - 1, through: 0, by: -1) {
      target.append(Hex.digit(UInt8(truncatingIfNeeded: count >> (4 * digit))))
    }
    target.append(contentsOf: trailer)
  }
}
