#if canImport(Glibc)
  import Glibc
#endif

/// The decoded text of JSON string literals. `literal` is always the range of the literal with its quotes.
enum JSONText {
  /// The text; an escaped surrogate without its partner becomes U+FFFD.
  static func decode(_ base: UnsafePointer<UInt8>, _ literal: Range<Int>) -> String {
    let body = inside(base, literal)
    let source = UnsafeBufferPointer(start: base + body.lowerBound, count: body.count)
    guard ByteScan.quotedRunEnd(base, body.lowerBound, body.upperBound) < body.upperBound else {
      return String(decoding: source, as: UTF8.self)
    }
    // No escape is shorter than what it stands for, so the text of the literal is room enough.
    return String(unsafeUninitializedCapacity: body.count) { target in
      var written = 0
      var position = body.lowerBound
      while position < body.upperBound {
        let runEnd = ByteScan.quotedRunEnd(base, position, body.upperBound)
        if let start = target.baseAddress, runEnd > position {
          (start + written).initialize(from: base + position, count: runEnd - position)
          written += runEnd - position
        }
        position = runEnd
        guard position < body.upperBound else { break }
        var scalars = JSONScalars(base: base, position: position, end: body.upperBound)
        guard let scalar = scalars.next() else { break }
        for unit in scalar.utf8 {
          guard written < target.count else { break }
          target[written] = unit
          written += 1
        }
        position = scalars.position
      }
      return written
    }
  }

  /// Whether the decoded text is exactly `wanted`.
  @inline(__always)
  static func equals(
    _ base: UnsafePointer<UInt8>, _ literal: Range<Int>, _ wanted: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    let body = inside(base, literal)
    if body.count == wanted.count {
      guard let start = wanted.baseAddress, body.count > 0 else { return body.isEmpty }
      // With an escape in it the literal stands for a shorter text, also when the raw bytes are those wanted.
      return memcmp(base + body.lowerBound, start, body.count) == 0
        && memchr(start, 0x5c, body.count) == nil
    }
    guard body.count > wanted.count,
      ByteScan.quotedRunEnd(base, body.lowerBound, body.upperBound) < body.upperBound
    else { return false }
    return decode(base, literal).utf8.elementsEqual(wanted)
  }

  /// The literal without its quotes.
  @inline(__always)
  static func inside(_ base: UnsafePointer<UInt8>, _ literal: Range<Int>) -> Range<Int> {
    let start = min(literal.lowerBound + 1, literal.upperBound)
    let closed = literal.upperBound > start && base[literal.upperBound - 1] == UInt8(ascii: "\"")
    return start..<(closed ? literal.upperBound - 1 : literal.upperBound)
  }
}

/// The Unicode scalars of the inside of a string literal, one by one, so that a prefix costs only a prefix.
struct JSONScalars: IteratorProtocol {
  let base: UnsafePointer<UInt8>
  private(set) var position: Int
  let end: Int

  init(base: UnsafePointer<UInt8>, position: Int, end: Int) {
    self.base = base
    self.position = position
    self.end = end
  }

  mutating func next() -> Unicode.Scalar? {
    guard position < end else { return nil }
    let byte = base[position]
    if byte == UInt8(ascii: "\\") { return nextEscape() }
    if byte < 0x80 {
      position += 1
      return Unicode.Scalar(byte)
    }
    let length = UTF8Sequence.length(base, position, end)
    guard length > 0 else {
      position += 1
      return "\u{fffd}"
    }
    var value = UInt32(byte) & (0xff >> UInt32(length + 1))
    for index in 1..<length { value = value << 6 | UInt32(base[position + index] & 0x3f) }
    position += length
    return Unicode.Scalar(value) ?? "\u{fffd}"
  }

  private mutating func nextEscape() -> Unicode.Scalar? {
    guard position + 1 < end else {
      position = end
      return nil
    }
    let letter = base[position + 1]
    position += 2
    switch letter {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "u"): return nextUnicodeEscape()
    default: return Unicode.Scalar(letter)
    }
  }

  private mutating func nextUnicodeEscape() -> Unicode.Scalar {
    guard let unit = codeUnit(at: position) else {
      position = end
      return "\u{fffd}"
    }
    position += 4
    if let scalar = Unicode.Scalar(UInt32(unit)) { return scalar }
    guard unit < 0xdc00, position + 6 <= end, base[position] == UInt8(ascii: "\\"),
      base[position + 1] == UInt8(ascii: "u"), let low = codeUnit(at: position + 2),
      (0xdc00...0xdfff).contains(low)
    else { return "\u{fffd}" }
    position += 6
    let value = 0x10000 + (UInt32(unit & 0x3ff) << 10 | UInt32(low & 0x3ff))
    return Unicode.Scalar(value) ?? "\u{fffd}"
  }

  private func codeUnit(at start: Int) -> UInt16? {
    guard start + 4 <= end else { return nil }
    var value: UInt16 = 0
    for index in 0..<4 {
      guard let digit = ByteScan.hexValue(base[start + index]) else { return nil }
      value = value << 4 | UInt16(digit)
    }
    return value
  }
}
