import Wire

extension JSONSlice {
  /// The beginning of a JSON string as a JSON string: at most `limit` bytes between the quotes, cut neither inside a
  /// character nor inside an escape nor between the escapes of a surrogate pair.
  func excerpt(_ limit: Int) -> JSONSlice {
    let body = bytes.dropFirst().dropLast()
    guard body.count > limit else { return self }
    let length = body.withUnsafeBufferPointer { Excerpt.length($0, limit: limit) }
    return JSONSlice([UInt8(ascii: "\"")] + body.prefix(length) + [UInt8(ascii: "\"")])
  }

  /// JSON strings as one, a line break between each two.
  static func joined(_ strings: [JSONSlice]) -> JSONSlice {
    if strings.count == 1 { return strings[0] }
    var text: [UInt8] = [UInt8(ascii: "\"")]
    text.reserveCapacity(strings.reduce(2) { $0 + $1.utf8Count })
    for (index, string) in strings.enumerated() {
      if index > 0 { text += #"\n"#.utf8 }
      text += string.bytes.dropFirst().dropLast()
    }
    text.append(UInt8(ascii: "\""))
    return JSONSlice(text)
  }
}

/// Where the body of a JSON string may be cut.
private enum Excerpt {
  static func length(_ body: UnsafeBufferPointer<UInt8>, limit: Int) -> Int {
    var end = 0
    while end < body.count {
      let next = end + unit(body, at: end)
      if next > limit { break }
      end = next
    }
    return end
  }

  /// Bytes of the character or escape that begins at `index`.
  private static func unit(_ body: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
    switch body[index] {
    case UInt8(ascii: "\\"): escape(body, at: index)
    case 0..<0x80: 1
    case 0..<0xE0: 2
    case 0..<0xF0: 3
    default: 4
    }
  }

  private static func escape(_ body: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
    guard isUnicode(body, at: index) else { return 2 }
    let leads = isSurrogate(body, at: index, third: UInt8(ascii: "8")...UInt8(ascii: "b"))
    let trails = isSurrogate(body, at: index + 6, third: UInt8(ascii: "c")...UInt8(ascii: "f"))
    return leads && trails ? 12 : 6
  }

  private static func isUnicode(_ body: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
    index + 5 < body.count && body[index] == UInt8(ascii: "\\") && body[index + 1] == UInt8(ascii: "u")
  }

  /// The string is valid JSON: all four digits are hexadecimal, so the ranges hold nothing else.
  private static func isSurrogate(
    _ body: UnsafeBufferPointer<UInt8>, at index: Int, third: ClosedRange<UInt8>
  ) -> Bool {
    isUnicode(body, at: index) && body[index + 2] | 0x20 == UInt8(ascii: "d")
      && third.contains(body[index + 3] | 0x20)
  }
}
