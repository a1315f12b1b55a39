#if canImport(Glibc)
  import Glibc
#endif

/// Finds the records of one line; lives for the length of one `splitLine`.
struct LineSplitter {
  enum Result {
    /// The line is one record: by far the most frequent case, so it allocates nothing.
    case whole(Range<Int>)
    case pieces([Span])
  }

  enum Span {
    case record(Range<Int>)
    case repairable(Range<Int>)
    case damaged(Range<Int>, LineDamage)
  }

  let base: UnsafePointer<UInt8>
  private let end: Int
  private var work: Int
  private var spans: [Span] = []
  /// Nothing but NUL runs has been seen, so a number or a string may still be the whole record.
  private var isFirstValue = true

  init(_ base: UnsafePointer<UInt8>, count: Int, allowedWork: Int) {
    self.base = base
    var end = count
    while end > 0, ByteScan.isWhitespace(base[end - 1]) { end -= 1 }
    self.end = end
    work = allowedWork
  }

  mutating func split() -> Result {
    var position = ByteScan.whitespaceEnd(base, 0, end)
    guard position < end else { return .pieces([]) }
    var scanner = JSONScanner(base, from: position, to: end)
    if scanner.scanValue(), scanner.position == end, !scanner.sawInvalidUTF8 { return .whole(position..<end) }

    // The scan is repeated once here, so that the common case above stays free of all bookkeeping.
    while position < end {
      position = base[position] == 0 ? takeNULRun(position) : takeValue(position)
      position = ByteScan.whitespaceEnd(base, position, end)
    }
    return .pieces(spans)
  }

  private mutating func takeNULRun(_ start: Int) -> Int {
    var position = start
    while position < end, base[position] == 0 { position += 1 }
    spans.append(.damaged(start..<position, .nulRun))
    return position
  }

  /// Takes the record at `start`, or the damage there with the record behind it; returns where to go on.
  private mutating func takeValue(_ start: Int) -> Int {
    defer { isFirstValue = false }
    var scanner = JSONScanner(base, from: start, to: end)
    let isValid = scanner.scanValue()
    work -= scanner.position - start
    if isValid, isContainer(start) || isFirstValue && scanner.position == end {
      return take(scanner, from: start)
    }
    // A scalar with something behind it is the tail of a cut record.
    let failure = isValid ? start : scanner.position
    return resynchronise(from: start, failedAt: failure)
  }

  /// Looks behind `start` for the first object that can be a record of its own.
  private mutating func resynchronise(from start: Int, failedAt failure: Int) -> Int {
    for candidate in candidates(from: start, to: failure) {
      if let next = attempt(candidate, damageFrom: start) { return next }
    }
    var position = max(failure, start + 1)
    while work > 0, let candidate = nextObjectStart(position) {
      if let next = attempt(candidate, damageFrom: start) { return next }
      position = candidate + 1
    }
    spans.append(.damaged(start..<end, work > 0 ? .malformed : .unreadable))
    return end
  }

  private mutating func attempt(_ candidate: Int, damageFrom start: Int) -> Int? {
    guard work > 0 else { return nil }
    var scanner = JSONScanner(base, from: candidate, to: end)
    let isValid = scanner.scanValue()
    work -= scanner.position - candidate
    guard isValid, isRecordEnd(scanner.position) else { return nil }
    var damageEnd = candidate
    while damageEnd > start, ByteScan.isWhitespace(base[damageEnd - 1]) { damageEnd -= 1 }
    if damageEnd > start { spans.append(.damaged(start..<damageEnd, .malformed)) }
    return take(scanner, from: candidate)
  }

  private mutating func take(_ scanner: JSONScanner, from start: Int) -> Int {
    let range = start..<scanner.position
    spans.append(scanner.sawInvalidUTF8 ? .repairable(range) : .record(range))
    return scanner.position
  }

  private func isContainer(_ start: Int) -> Bool {
    base[start] == UInt8(ascii: "{") || base[start] == UInt8(ascii: "[")
  }

  func isRecordEnd(_ position: Int) -> Bool {
    let next = ByteScan.whitespaceEnd(base, position, end)
    return next == end || base[next] == UInt8(ascii: "{") || base[next] == 0
  }

  private func nextObjectStart(_ start: Int) -> Int? {
    var position = start
    while position + 1 < end {
      guard let hit = memchr(base + position, 0x7b, end - position - 1) else { return nil }
      position = UnsafeRawPointer(hit) - UnsafeRawPointer(base)
      if base[position + 1] == UInt8(ascii: "\"") { return position }
      position += 1
    }
    return nil
  }
}
