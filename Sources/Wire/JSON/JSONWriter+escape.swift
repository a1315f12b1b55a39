#if canImport(Glibc)
  import Glibc
#endif

extension JSONWriter {
  /// Appends the literal of `string`.
  mutating func append(_ string: String) {
    var string = string
    string.withUTF8 { appendLiteral($0) }
  }

  /// Appends a literal; quote, backslash and controls are escaped, everything else stays as it is.
  mutating func appendLiteral(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    if let base = text.baseAddress {
      var position = 0
      while position < text.count {
        let runEnd = Self.unescapedEnd(base, position, text.count)
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[position..<runEnd]))
        guard runEnd < text.count else { break }
        appendEscape(base[runEnd])
        position = runEnd + 1
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends the decimal digits of `integer`.
  mutating func appendDecimal(_ integer: some BinaryInteger) {
    bytes.append(contentsOf: String(integer).utf8)
  }

  /// Index of the first byte that must be escaped.
  private static func unescapedEnd(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
    var position = start
    while true {
      position = ByteScan.plainRunEnd(base, position, end)
      guard position < end, base[position] >= 0x80 else { return position }
      while position < end, base[position] >= 0x80 { position &+= 1 }
    }
  }

  private mutating func appendEscape(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case 0x0a: bytes.append(UInt8(ascii: "n"))
    case 0x0d: bytes.append(UInt8(ascii: "r"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x0c: bytes.append(UInt8(ascii: "f"))
    case 0x22, 0x5c: bytes.append(byte)
    default:
      bytes.append(contentsOf: "u00".utf8)
      bytes.append(Hex.digit(byte >> 4))
      bytes.append(Hex.digit(byte & 15))
    }
  }
}

/// Lower-case hexadecimal digits.
enum Hex {
  /// The digit of the low four bits.
  @inline(__always)
  static func digit(_ value: UInt8) -> UInt8 {
    let low = value & 15
    return low < 10 ? 0x30 + low : 0x57 + low
  }
}

/// CR and LF in bytes that are about to stand in a line of their own.
enum LineBreaks {
  /// Turns them into spaces, in place: in JSON they can only stand between tokens, where a space means the same.
  static func replace(in buffer: UnsafeMutableBufferPointer<UInt8>, from start: Int) {
    guard let base = buffer.baseAddress else { return }
    for lineBreak: Int32 in [0x0a, 0x0d] {
      var position = start
      while position < buffer.count,
        let hit = memchr(base + position, lineBreak, buffer.count - position)
      {
        hit.storeBytes(of: 0x20, as: UInt8.self)
        position = UnsafeRawPointer(hit) - UnsafeRawPointer(base) + 1
      }
    }
  }
}
