/// The framing of a chunked HTTP/1.1 body (RFC 9112 section 7.1), incremental: it names the stretches of payload
/// and copies nothing.
struct ChunkDecoder {
  enum Step: Equatable {
    /// The next bytes at the index are payload; the caller takes them all.
    case payload(Int)
    /// A whole chunk lies behind the index.
    case boundary
    case needsMore
    case end
    case fault
  }

  private enum State {
    case size, extensions, sizeLF, data, dataCR, dataLF, trailer, trailerLF, ended, broken
  }

  private var state = State.size
  private var remaining: UInt64 = 0
  private var digits: UInt8 = 0
  private var trailerBytes: UInt16 = 0

  /// Whether the next byte is the first of a chunk.
  var atBoundary: Bool { state == .size && digits == 0 }
  var ended: Bool { state == .ended }

  /// Reads on at `index`, which moves behind framing that was read and over payload that is named.
  mutating func next(_ input: Stretch, _ index: inout Int) -> Step {
    if state == .data, remaining > 0, index < input.count { return payload(input, &index) }
    while index < input.count {
      let byte = input[index]
      switch state {
      case .size:
        if let digit = Self.hexadecimal(byte), digits < 15 {
          remaining = remaining << 4 | UInt64(digit)
          digits += 1
        } else if digits > 0, byte == 0x0d {
          state = .sizeLF
        } else if digits > 0, byte == UInt8(ascii: ";") || byte == 0x20 || byte == 0x09 {
          state = .extensions
        } else {
          return fault()
        }
      case .extensions:
        if byte == 0x0d { state = .sizeLF }
      case .sizeLF:
        guard byte == 0x0a else { return fault() }
        digits = 0
        trailerBytes = 0
        state = remaining == 0 ? .trailer : .data
        if state == .data {
          index += 1
          return index < input.count ? payload(input, &index) : .needsMore
        }
      case .data:
        return payload(input, &index)
      case .dataCR:
        guard byte == 0x0d else { return fault() }
        state = .dataLF
      case .dataLF:
        guard byte == 0x0a else { return fault() }
        state = .size
        index += 1
        return .boundary
      case .trailer:
        if byte == 0x0d { state = .trailerLF } else { trailerBytes &+= 1 }
      case .trailerLF:
        guard byte == 0x0a else { return fault() }
        if trailerBytes == 0 {
          state = .ended
          index += 1
          return .end
        }
        trailerBytes = 0
        state = .trailer
      case .ended, .broken:
        return fault()
      }
      index += 1
    }
    return .needsMore
  }

  private mutating func payload(_ input: Stretch, _ index: inout Int) -> Step {
    let take = Int(min(remaining, UInt64(input.count - index)))
    remaining -= UInt64(take)
    if remaining == 0 { state = .dataCR }
    index += take
    return .payload(take)
  }

  private mutating func fault() -> Step {
    state = .broken
    return .fault
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x61...0x66: byte - 0x61 + 10
    case 0x41...0x46: byte - 0x41 + 10
    default: nil
    }
  }
}
