/// A pattern in which `*` stands for any characters, also for none, and every other character for itself. A value.
struct Wildcard: Sendable, Hashable {
  let text: String

  init(_ text: String) { self.text = text }

  /// Whether the whole value is of the pattern.
  ///
  /// After a mismatch only the last `*` takes one byte more, so that a pattern of many stars costs the product of
  /// both lengths and not a power of it.
  func matches(_ value: String) -> Bool {
    let (pattern, value) = (Array(text.utf8), Array(value.utf8))
    var (at, next) = (0, 0)
    var star: (after: Int, taken: Int)?
    while at < value.count {
      if next < pattern.count, pattern[next] == UInt8(ascii: "*") {
        next += 1
        star = (next, at)
      } else if next < pattern.count, pattern[next] == value[at] {
        next += 1
        at += 1
      } else if let last = star {
        star = (last.after, last.taken + 1)
        (next, at) = (last.after, last.taken + 1)
      } else {
        return false
      }
    }
    return pattern[next...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
