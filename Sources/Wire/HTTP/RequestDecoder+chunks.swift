/// The chunked coding (RFC 9112 section 7.1).
extension RequestDecoder {
  mutating func readChunkLine() throws(HTTPFault) -> Step? {
    guard let end = try lineEnd(from: 0, limit: limits.chunkLineBytes) else {
      guard queue.count < limits.chunkLineBytes else { throw .malformed("chunk line too long") }
      return .needsMore
    }
    let size = try Self.chunkSize(queue.slice(0..<(end - 2)))
    queue.drop(end)
    guard size > 0 else {
      state = .trailers(bytes: 0, count: 0)
      return nil
    }
    guard size <= limits.bodyBytes - bodyBytes else { throw HTTPFault(status: 413, reason: "body too large") }
    bodyBytes += size
    state = .chunkData(left: size)
    return nil
  }

  mutating func readChunkEnd() throws(HTTPFault) -> Step? {
    guard queue.count >= 2 else {
      guard queue.count == 0 || queue[0] == 0x0d else { throw .malformed("chunk does not end with CRLF") }
      return .needsMore
    }
    guard queue[0] == 0x0d, queue[1] == 0x0a else { throw .malformed("chunk does not end with CRLF") }
    queue.drop(2)
    state = .chunkLine
    return nil
  }

  /// Trailers are checked and dropped: nothing here may depend on a field that comes after the body.
  mutating func readTrailer(bytes: Int, count: Int) throws(HTTPFault) -> Step? {
    let limit = limits.headBytes - bytes
    guard let end = try lineEnd(from: 0, limit: limit) else {
      guard queue.count < limit else { throw HTTPFault(status: 431, reason: "trailers too large") }
      return .needsMore
    }
    if end == 2 {
      queue.drop(2)
      return endOfRequest()
    }
    guard count < limits.headers else { throw HTTPFault(status: 431, reason: "too many trailers") }
    _ = try HeadParser.parseField(queue.slice(0..<(end - 2)))
    queue.drop(end)
    state = .trailers(bytes: bytes + end, count: count + 1)
    return nil
  }

  /// At most 16 hexadecimal digits, then nothing or extensions behind a semicolon, which are ignored.
  private static func chunkSize(_ line: ArraySlice<UInt8>) throws(HTTPFault) -> Int {
    let digits = line.prefix { ByteScan.hexValue($0) != nil }
    let rest = line[digits.endIndex...]
    guard (1...16).contains(digits.count) else { throw .malformed("malformed chunk size") }
    if !rest.isEmpty {
      guard rest.first(where: { !ASCIIText.isBlank($0) }) == UInt8(ascii: ";"),
        rest.allSatisfy(ASCIIText.isFieldValue)
      else { throw .malformed("malformed chunk extension") }
    }
    let size = digits.reduce(UInt64(0)) { $0 << 4 | UInt64(ByteScan.hexValue($1) ?? 0) }
    guard let count = Int(exactly: size) else { throw HTTPFault(status: 413, reason: "body too large") }
    return count
  }
}
