/// Text of a transcript made safe for a terminal: what would be executed is shown instead.
///
/// A transcript holds whatever a tool printed. ESC would move the cursor or set the title, C1 bytes do the same
/// on some terminals, and bidirectional overrides let text read as what it is not.
enum VisibleText {
  /// The text with control characters shown as symbols; line feeds and tabs stay.
  static func of(_ text: String) -> String {
    if text.utf8.allSatisfy({ ($0 >= 0x20 && $0 < 0x7f) || $0 == 0x0a || $0 == 0x09 }) { return text }
    var visible = String.UnicodeScalarView()
    var scalars = text.unicodeScalars.makeIterator()
    var next = scalars.next()
    while let scalar = next {
      next = scalars.next()
      // The end of a line as Windows programs write it.
      if scalar == "\r", next == "\n" { continue }
      append(scalar, to: &visible)
    }
    return String(visible)
  }

  /// The same in one line: line feeds and tabs become blanks.
  static func line(_ text: String) -> String {
    of(String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 }))
  }

  private static func append(_ scalar: Unicode.Scalar, to visible: inout String.UnicodeScalarView) {
    switch scalar.value {
    case 0x09, 0x0a: visible.append(scalar)
    // U+2400 begins the pictures of the control characters.
    case 0..<0x20: visible.append(Unicode.Scalar(0x2400 + scalar.value) ?? "?")
    case 0x7f: visible.append("\u{2421}")
    case 0x80...0x9f, 0x061c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfff9...0xfffb,
      0xe0000...0xe007f:
      visible.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
    default: visible.append(scalar)
    }
  }

  /// JSON in UTF-8 with DEL and C1 characters as `\u00xx`: the same value, and nothing a terminal obeys.
  /// Such characters stand inside strings only, where the escape is legal.
  static func json(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var safe: [UInt8] = []
    var lead: UInt8?
    for byte in bytes {
      if lead != nil {
        lead = nil
        if byte < 0xa0 {
          safe += escape(byte)
          continue
        }
        safe.append(0xc2)
      }
      if byte == 0xc2 { lead = byte } else if byte == 0x7f { safe += escape(byte) } else { safe.append(byte) }
    }
    if let lead { safe.append(lead) }
    return safe
  }

  private static func escape(_ byte: UInt8) -> [UInt8] {
    let hex = String(byte, radix: 16)
    return Array("\\u00\(hex)".utf8)
  }

  /// The first `limit` characters, with `…` where something was left out.
  static func clipped(_ text: String, to limit: Int) -> String {
    text.count <= limit ? text : text.prefix(max(0, limit - 1)) + "…"
  }
}
