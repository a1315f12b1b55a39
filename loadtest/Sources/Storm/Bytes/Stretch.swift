import Glibc

/// A stretch of bytes that someone else owns; valid as long as the buffer that it was cut from.
struct Stretch {
  let base: UnsafePointer<UInt8>
  let count: Int

  init(_ base: UnsafePointer<UInt8>, _ count: Int) {
    self.base = base
    self.count = count
  }

  /// A stretch of no bytes.
  static var empty: Stretch {
    // A literal's bytes live as long as the process.
    Stretch(("" as StaticString).utf8Start, 0)
  }

  var isEmpty: Bool { count == 0 }

  subscript(index: Int) -> UInt8 { base[index] }

  /// The bytes from `start` to `end`; the caller has checked both.
  func cut(_ start: Int, _ end: Int) -> Stretch { Stretch(base + start, end - start) }

  func dropFirst(_ bytes: Int) -> Stretch { Stretch(base + bytes, count - bytes) }

  /// Where `byte` first stands at or behind `start`.
  func index(of byte: UInt8, from start: Int = 0) -> Int? {
    guard start < count, let found = memchr(base + start, Int32(byte), count - start) else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }

  /// Where `text` first stands at or behind `start`.
  func index(of text: StaticString, from start: Int = 0) -> Int? {
    let length = text.utf8CodeUnitCount
    guard length > 0 else { return start }
    var at = start
    while at + length <= count {
      guard let next = index(of: text.utf8Start[0], from: at), next + length <= count else { return nil }
      if memcmp(base + next, text.utf8Start, length) == 0 { return next }
      at = next + 1
    }
    return nil
  }

  func starts(with text: StaticString, at start: Int = 0) -> Bool {
    let length = text.utf8CodeUnitCount
    return count - start >= length && memcmp(base + start, text.utf8Start, length) == 0
  }

  func equals(_ other: Stretch) -> Bool {
    count == other.count && (count == 0 || memcmp(base, other.base, count) == 0)
  }

  static func == (left: Stretch, right: StaticString) -> Bool {
    left.count == right.utf8CodeUnitCount && left.starts(with: right)
  }

  var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

  /// The bytes as text for a message, at most `limit` of them, control characters shown as `.`.
  func text(limit: Int = 120) -> String {
    String(
      decoding: buffer.prefix(limit).map { $0 < 0x20 || $0 == 0x7f ? UInt8(ascii: ".") : $0 },
      as: UTF8.self)
      + (count > limit ? "…" : "")
  }
}

extension Array where Element == UInt8 {
  mutating func append(_ stretch: Stretch) { append(contentsOf: stretch.buffer) }

  mutating func append(_ text: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func append(decimal value: UInt64) { append(contentsOf: String(value).utf8) }
}
