/// Walks bytes that may be anything and says where one JSON value ends (RFC 8259), in one pass, without recursion.
///
/// Malformed UTF-8 inside a string does not stop it; it is noted, because a record with one bad byte is still a record.
/// Lives on the stack for the length of one `withUnsafeBufferPointer`.
struct JSONScanner {
  /// Deepest nesting of objects and arrays that is accepted.
  static let maximumDepth = 512

  let base: UnsafePointer<UInt8>
  let end: Int
  /// Next byte to read; after a failure, the first byte that does not fit.
  private(set) var position: Int
  /// A string had bytes that are not UTF-8.
  private(set) var sawInvalidUTF8 = false

  init(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int) {
    self.base = base
    self.position = start
    self.end = end
  }

  /// Reads one value that starts at `position`; true leaves `position` just behind it.
  mutating func scanValue() -> Bool {
    var open = OpenContainers()
    while true {
      guard position < end else { return false }
      switch base[position] {
      case UInt8(ascii: "{"):
        guard open.push(isObject: true) else { return false }
        position &+= 1
        skipWhitespace()
        guard position < end else { return false }
        if base[position] != UInt8(ascii: "}") {
          guard scanKey() else { return false }
          continue
        }
        position &+= 1
        open.pop()
      case UInt8(ascii: "["):
        guard open.push(isObject: false) else { return false }
        position &+= 1
        skipWhitespace()
        guard position < end else { return false }
        if base[position] != UInt8(ascii: "]") { continue }
        position &+= 1
        open.pop()
      case UInt8(ascii: "\""):
        guard scanString() else { return false }
      case UInt8(ascii: "t"):
        guard scanLiteral("true") else { return false }
      case UInt8(ascii: "f"):
        guard scanLiteral("false") else { return false }
      case UInt8(ascii: "n"):
        guard scanLiteral("null") else { return false }
      default:
        guard scanNumber() else { return false }
      }
      switch closeContainers(&open) {
      case .nextValue: continue
      case .finished: return true
      case .failed: return false
      }
    }
  }

  mutating func skipWhitespace() {
    // Compact JSON has none: one comparison decides it.
    if position < end, base[position] <= 0x20 { position = ByteScan.whitespaceEnd(base, position, end) }
  }

  private enum AfterValue { case nextValue, finished, failed }

  /// Reads what may stand behind a value: any number of closing brackets, then a comma or the end.
  @inline(__always)
  private mutating func closeContainers(_ open: inout OpenContainers) -> AfterValue {
    while open.depth > 0 {
      skipWhitespace()
      guard position < end else { return .failed }
      let byte = base[position]
      if byte == UInt8(ascii: ",") {
        position &+= 1
        skipWhitespace()
        if open.innermostIsObject { return scanKey() ? .nextValue : .failed }
        return .nextValue
      }
      guard byte == (open.innermostIsObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return .failed }
      position &+= 1
      open.pop()
    }
    return .finished
  }

  @inline(__always)
  private mutating func scanKey() -> Bool {
    guard position < end, base[position] == UInt8(ascii: "\""), scanString() else { return false }
    skipWhitespace()
    guard position < end, base[position] == UInt8(ascii: ":") else { return false }
    position &+= 1
    skipWhitespace()
    return true
  }

  @inline(__always)
  private mutating func scanString() -> Bool {
    var at = position &+ 1
    while true {
      at = ByteScan.plainRunEnd(base, at, end)
      guard at < end else {
        position = end
        return false
      }
      let byte = base[at]
      if byte == UInt8(ascii: "\"") {
        position = at &+ 1
        return true
      }
      if byte == UInt8(ascii: "\\") {
        let length = escapeLength(at)
        guard length > 0 else {
          position = at &+ 1
          return false
        }
        at &+= length
      } else if byte >= 0x80 {
        // Scripts other than Latin come in long runs, so stay here until the next ASCII byte.
        repeat {
          let length = UTF8Sequence.length(base, at, end)
          if length == 0 { sawInvalidUTF8 = true }
          at &+= length == 0 ? 1 : length
        } while at < end && base[at] >= 0x80
      } else {
        position = at
        return false
      }
    }
  }

  /// Length of the escape at `at`, 0 if it is none.
  @inline(__always)
  private func escapeLength(_ at: Int) -> Int {
    guard at &+ 1 < end else { return 0 }
    switch base[at &+ 1] {
    case UInt8(ascii: "n"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "t"),
      UInt8(ascii: "r"), UInt8(ascii: "b"), UInt8(ascii: "f"):
      return 2
    case UInt8(ascii: "u"):
      guard at &+ 6 <= end else { return 0 }
      for index in 2..<6 where ByteScan.hexValue(base[at &+ index]) == nil { return 0 }
      return 6
    default: return 0
    }
  }

  private mutating func scanLiteral(_ text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    for index in 0..<length {
      guard position < end, base[position] == text.utf8Start[index] else { return false }
      position &+= 1
    }
    return true
  }

  private mutating func scanNumber() -> Bool {
    if base[position] == UInt8(ascii: "-") { position &+= 1 }
    guard position < end else { return false }
    if base[position] == UInt8(ascii: "0") {
      position &+= 1
    } else if !scanDigits() {
      return false
    }
    if position < end, base[position] == UInt8(ascii: ".") {
      position &+= 1
      guard scanDigits() else { return false }
    }
    if position < end, base[position] | 0x20 == UInt8(ascii: "e") {
      position &+= 1
      if position < end, base[position] == UInt8(ascii: "+") || base[position] == UInt8(ascii: "-") {
        position &+= 1
      }
      return scanDigits()
    }
    return true
  }

  /// One digit or more.
  private mutating func scanDigits() -> Bool {
    let start = position
    while position < end, ByteScan.isDigit(base[position]) { position &+= 1 }
    return position > start
  }
}

/// The brackets that are open, one bit each: a set bit is an object.
struct OpenContainers {
  private var bits = InlineArray<8, UInt64>(repeating: 0)
  private(set) var depth = 0
  private(set) var innermostIsObject = false

  /// False when `JSONScanner.maximumDepth` is reached.
  @inline(__always)
  mutating func push(isObject: Bool) -> Bool {
    guard depth < JSONScanner.maximumDepth else { return false }
    let mask: UInt64 = 1 &<< UInt64(depth & 63)
    if isObject { bits[depth &>> 6] |= mask } else { bits[depth &>> 6] &= ~mask }
    depth &+= 1
    innermostIsObject = isObject
    return true
  }

  @inline(__always)
  mutating func pop() {
    depth &-= 1
    guard depth > 0 else { return }
    let index = depth &- 1
    innermostIsObject = bits[index &>> 6] & (1 &<< UInt64(index & 63)) != 0
  }
}
