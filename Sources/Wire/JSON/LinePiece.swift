/// A part of one physical line of a JSONL file; ranges count bytes from the start of the line.
public enum LinePiece: Sendable {
  /// One complete value and where its own bytes stand.
  case record(JSONSlice, range: Range<Int>)
  /// Bytes that are no record, or that had to be changed to become one.
  case damaged(range: Range<Int>, reason: LineDamage)
}

/// Why bytes of a line are not a record.
public enum LineDamage: String, Sendable, Hashable {
  /// Cut short, or never JSON.
  case malformed
  /// Zero bytes, as a power loss leaves them before the next record.
  case nulRun = "nul_run"
  /// A record with bytes that are not UTF-8; it follows with U+FFFD in their place.
  case invalidUTF8 = "invalid_utf8"
  /// Searching it for records would cost more than was allowed.
  case unreadable

  /// Whether the content follows as a record all the same.
  public var recovered: Bool { self == .invalidUTF8 }
}

/// Splits one line, without its LF, into its records and what is damaged between them.
///
/// The pieces stand in order, do not overlap, and leave out nothing but white space; a record that had bad UTF-8 is two
/// pieces of the same range. A blank line, also a lone CR, has none. A value that fills the line alone is a record of
/// any kind, beside others only objects and arrays are. Behind a cut record the first `{"` wins that opens a valid
/// object which is followed by the end of the line, by the next `{`, or by a NUL run.
///
/// `allowedWork` bounds the search, in bytes that are looked at (each step may end one line length later); the first
/// look at the line is always made. The default is four times the line and 64 KiB.
public func splitLine(_ line: ArraySlice<UInt8>, allowedWork: Int? = nil) -> [LinePiece] {
  let work = allowedWork ?? (4 * line.count + 65_536)
  let found = line.withUnsafeBufferPointer { buffer -> LineSplitter.Result in
    guard let base = buffer.baseAddress else { return .pieces([]) }
    var splitter = LineSplitter(base, count: buffer.count, allowedWork: work)
    return splitter.split()
  }
  func slice(_ range: Range<Int>) -> ArraySlice<UInt8> {
    line[(line.startIndex + range.lowerBound)..<(line.startIndex + range.upperBound)]
  }
  switch found {
  case .whole(let range): return [.record(JSONSlice(trusted: slice(range)), range: range)]
  case .pieces(let spans):
    var pieces: [LinePiece] = []
    for span in spans {
      switch span {
      case .record(let range): pieces.append(.record(JSONSlice(trusted: slice(range)), range: range))
      case .repairable(let range):
        let repaired = Array(String(decoding: slice(range), as: UTF8.self).utf8)
        pieces.append(.damaged(range: range, reason: .invalidUTF8))
        pieces.append(.record(JSONSlice(repaired), range: range))
      case .damaged(let range, let reason): pieces.append(.damaged(range: range, reason: reason))
      }
    }
    return pieces
  }
}
