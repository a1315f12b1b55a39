/// A second reader of RFC 8259, written for plainness: recursive, allocating, one character at a time.
///
/// It shares no code with the scanner, so an error must be made twice to stay unseen.
indirect enum ReferenceJSON {
  case object([Member])
  case array([ReferenceJSON])
  case string(String)
  case number(String)
  case bool(Bool)
  case null

  struct Member {
    let key: String
    let value: ReferenceJSON
  }

  /// Nil if the text is not exactly one value in UTF-8, at most 512 levels deep.
  static func parse(_ text: [UInt8]) -> ReferenceJSON? {
    guard let text = String(validating: text, as: UTF8.self) else { return nil }
    var reader = Reader(characters: Array(text.unicodeScalars))
    reader.skipSpace()
    guard let value = reader.value(depth: 0) else { return nil }
    reader.skipSpace()
    return reader.at == reader.characters.count ? value : nil
  }
}

private struct Reader {
  let characters: [Unicode.Scalar]
  var at = 0

  var current: Unicode.Scalar? { at < characters.count ? characters[at] : nil }

  mutating func skipSpace() {
    while let scalar = current, " \t\r\n".unicodeScalars.contains(scalar) { at += 1 }
  }

  mutating func accept(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard at + wanted.count <= characters.count, Array(characters[at..<(at + wanted.count)]) == wanted
    else {
      return false
    }
    at += wanted.count
    return true
  }

  mutating func value(depth: Int) -> ReferenceJSON? {
    if current == "{" || current == "[" {
      guard depth < 512 else { return nil }
      return accept("{") ? object(depth: depth + 1) : accept("[") ? array(depth: depth + 1) : nil
    }
    if current == "\"" { return string().map { .string($0) } }
    if accept("true") { return .bool(true) }
    if accept("false") { return .bool(false) }
    if accept("null") { return .null }
    return number()
  }

  mutating func object(depth: Int) -> ReferenceJSON? {
    var members: [ReferenceJSON.Member] = []
    skipSpace()
    if accept("}") { return .object(members) }
    while true {
      skipSpace()
      guard let key = string() else { return nil }
      skipSpace()
      guard accept(":") else { return nil }
      skipSpace()
      guard let value = value(depth: depth) else { return nil }
      members.append(ReferenceJSON.Member(key: key, value: value))
      skipSpace()
      if accept("}") { return .object(members) }
      guard accept(",") else { return nil }
    }
  }

  mutating func array(depth: Int) -> ReferenceJSON? {
    var elements: [ReferenceJSON] = []
    skipSpace()
    if accept("]") { return .array(elements) }
    while true {
      skipSpace()
      guard let value = value(depth: depth) else { return nil }
      elements.append(value)
      skipSpace()
      if accept("]") { return .array(elements) }
      guard accept(",") else { return nil }
    }
  }

  mutating func string() -> String? {
    guard accept("\"") else { return nil }
    var units: [UInt16] = []
    while let scalar = current {
      at += 1
      if scalar == "\"" { return String(decoding: units, as: UTF16.self) }
      guard scalar.value >= 0x20 else { return nil }
      guard scalar == "\\" else {
        units.append(contentsOf: String(scalar).utf16)
        continue
      }
      guard let letter = current else { return nil }
      at += 1
      if letter == "u" {
        guard at + 4 <= characters.count else { return nil }
        let digits = characters[at..<(at + 4)]
        guard digits.allSatisfy({ $0.isASCII && $0.properties.isASCIIHexDigit }) else { return nil }
        guard let unit = UInt16(digits.map { String($0) }.joined(), radix: 16) else { return nil }
        units.append(unit)
        at += 4
      } else {
        let names: [Unicode.Scalar: UInt16] = [
          "\"": 0x22, "\\": 0x5c, "/": 0x2f, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9,
        ]
        guard let unit = names[letter] else { return nil }
        units.append(unit)
      }
    }
    return nil
  }

  mutating func number() -> ReferenceJSON? {
    let start = at
    _ = accept("-")
    if !accept("0") {
      guard digits() else { return nil }
    }
    if accept(".") {
      guard digits() else { return nil }
    }
    if accept("e") || accept("E") {
      if !accept("+") { _ = accept("-") }
      guard digits() else { return nil }
    }
    return .number(characters[start..<at].map { String($0) }.joined())
  }

  mutating func digits() -> Bool {
    let start = at
    while let scalar = current, ("0"..."9").contains(scalar) { at += 1 }
    return at > start
  }
}
