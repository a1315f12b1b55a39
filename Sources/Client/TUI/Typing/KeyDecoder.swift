/// Bytes of a terminal in, keys out (xterm's control sequences, SGR mouse reports). A value: the pieces may be cut
/// anywhere.
struct KeyDecoder {
  /// Most bytes of one paste.
  private static let pasteLimit = 1 << 20
  private static let pasteEnd = Array("\u{1b}[201~".utf8)
  private var pending: [UInt8] = []
  private var isPasting = false

  /// Whether what has come may be the Escape key or the beginning of a sequence: time tells.
  var isUndecided: Bool { !pending.isEmpty && !isPasting }

  /// Takes the next bytes; the keys that they complete.
  mutating func feed(_ bytes: some Sequence<UInt8>) -> [Key] {
    pending += bytes
    return take(isLast: false)
  }

  /// Nothing follows what has come so far.
  mutating func flush() -> [Key] { isPasting ? [] : take(isLast: true) }

  private mutating func take(isLast: Bool) -> [Key] {
    var keys: [Key] = []
    while !pending.isEmpty {
      if isPasting {
        guard let text = pasted() else { break }
        keys.append(.paste(text))
        continue
      }
      guard let (key, count) = next(isLast: isLast) else { break }
      pending.removeFirst(count)
      if let key { keys.append(key) }
    }
    return keys
  }

  /// The text of a paste that has ended; nil while it goes on.
  private mutating func pasted() -> String? {
    let mark = Self.pasteEnd
    let found = pending.indices.dropLast(mark.count - 1).first { pending[$0...].starts(with: mark) }
    if found == nil, pending.count < Self.pasteLimit { return nil }
    let end = found ?? pending.count
    let text = String(decoding: pending[..<end], as: UTF8.self)
    pending.removeFirst(found == nil ? end : end + mark.count)
    isPasting = found == nil
    return text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
  }

  /// The first key and its bytes; a nil key for a sequence that means nothing here; nil for an unfinished one.
  private mutating func next(isLast: Bool) -> (key: Key?, count: Int)? {
    switch pending[0] {
    case 0x1b: return escape(isLast: isLast)
    case 0x0d: return (.enter, 1)
    case 0x09: return (.tab, 1)
    case 0x7f, 0x08: return (.backspace, 1)
    case 0x00...0x1f: return (Self.controlled(pending[0]), 1)
    default: return character(at: 0, isLast: isLast).map { ($0.character.map(Key.character), $0.count) }
    }
  }

  private static func controlled(_ byte: UInt8) -> Key {
    .control(Character(Unicode.Scalar(byte == 0 ? 0x20 : byte + 0x60)))
  }

  /// One character in UTF-8; bytes that are none are left out.
  private func character(at start: Int, isLast: Bool) -> (character: Character?, count: Int)? {
    let length =
      switch pending[start] {
      case 0..<0x80: 1
      case 0xc2...0xdf: 2
      case 0xe0...0xef: 3
      case 0xf0...0xf4: 4
      default: 0
      }
    if length == 0 { return (nil, 1) }
    guard pending.count >= start + length else { return isLast ? (nil, 1) : nil }
    let text = String(validating: pending[start..<(start + length)], as: UTF8.self)
    return text.map { ($0.first, length) } ?? (nil, 1)
  }

  private mutating func escape(isLast: Bool) -> (key: Key?, count: Int)? {
    guard pending.count > 1 else { return isLast ? (.escape, 1) : nil }
    switch pending[1] {
    case 0x5b: return sequence(isLast: isLast)
    case 0x4f:
      guard pending.count > 2 else { return isLast ? (.alt("O"), 2) : nil }
      return (Self.final(pending[2]), 3)
    case 0x0d, 0x0a: return (.altEnter, 2)

    case 0x00..<0x20, 0x7f: return (.escape, 1)
    default:
      guard let (character, count) = character(at: 1, isLast: isLast) else { return nil }
      return (character.map(Key.alt), count + 1)
    }
  }

  /// `ESC [ parameters final`.
  private mutating func sequence(isLast: Bool) -> (key: Key?, count: Int)? {
    guard let end = pending.dropFirst(2).firstIndex(where: { (0x40...0x7e).contains($0) }) else {
      return isLast ? (nil, pending.count) : nil
    }
    let parameters = String(decoding: pending[2..<end], as: UTF8.self)
    let count = end + 1
    switch (pending[end], parameters) {
    case (0x4d, _) where parameters.hasPrefix("<"), (0x6d, _) where parameters.hasPrefix("<"):
      return (Self.mouse(parameters.dropFirst(), isPress: pending[end] == 0x4d), count)
    case (0x7e, "200"):
      isPasting = true
      return (nil, count)
    case (0x7e, _): return (Self.tilde(parameters), count)
    case (0x5a, _): return (.backTab, count)
    default: return (Self.final(pending[end]), count)
    }
  }

  private static func final(_ byte: UInt8) -> Key? {
    switch byte {
    case 0x41: .up
    case 0x42: .down
    case 0x43: .right
    case 0x44: .left
    case 0x46: .end
    case 0x48: .home
    case 0x4d: .enter
    default: nil
    }
  }

  private static func tilde(_ parameters: String) -> Key? {
    switch parameters.prefix(while: { $0 != ";" }) {
    case "1", "7": .home
    case "4", "8": .end
    case "3": .delete
    case "5": .pageUp
    case "6": .pageDown
    default: nil
    }
  }

  /// `button;column;row` from 1; only the left button's press and the wheel are keys here.
  private static func mouse(_ parameters: Substring, isPress: Bool) -> Key? {
    let numbers = parameters.split(separator: ";").compactMap { Int($0) }
    guard isPress, numbers.count == 3, numbers[1] > 0, numbers[2] > 0 else { return nil }
    let (row, column) = (numbers[2] - 1, numbers[1] - 1)
    // Shift, Alt and Ctrl add 4, 8 and 16.
    switch numbers[0] & ~0x1c {
    case 0: return .click(row: row, column: column)
    case 64: return .wheel(row: row, column: column, by: -1)
    case 65: return .wheel(row: row, column: column, by: 1)
    default: return nil
    }
  }
}
