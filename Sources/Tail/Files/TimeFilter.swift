import CLinux
import Glibc
import Wire

/// Tells records from a time on from older ones, by their text as long as that is enough. A value without I/O.
///
/// The text is looked at for the key as every known agent writes it, without escapes.
struct TimeFilter: Sendable {
  private let milliseconds: Int64
  /// The time as agents write it, 24 bytes: such texts are in the order of their times.
  private let text: [UInt8]?
  private static let key = Array("\"timestamp\"".utf8)

  init(atLeast milliseconds: Int64) {
    self.milliseconds = milliseconds
    let text = Array(Timestamp(milliseconds: milliseconds).iso8601.utf8)
    self.text = text.count == 24 ? text : nil
  }

  /// Whether a record on this line has the time or a later one.
  func passes(_ line: ArraySlice<UInt8>) -> Bool {
    RecordPiece.pieces(of: .line(line, start: 0, end: 0)).contains { piece in
      piece.record.map { passes($0.json) } ?? false
    }
  }

  /// Whether the record has the time or a later one.
  func passes(_ record: JSONSlice) -> Bool {
    RecordTime.milliseconds(of: record).map { $0 >= milliseconds } ?? false
  }

  /// Where the next `"timestamp"` stands.
  func nextKey(in bytes: UnsafeRawBufferPointer, from: Int) -> Int? {
    guard let base = bytes.baseAddress, from < bytes.count else { return nil }
    return tc_find(base + from, bytes.count - from, Self.key, Self.key.count).map { $0 - base }
  }

  /// False when the value of the key at `key` is older for certain; a value of another form may be anything.
  func mayPass(_ bytes: UnsafeRawBufferPointer, at key: Int) -> Bool {
    var at = Self.skip(bytes, key + Self.key.count)
    guard at < bytes.count, bytes[at] == UInt8(ascii: ":") else { return false }
    at = Self.skip(bytes, at + 1)
    guard at < bytes.count else { return false }
    if bytes[at] == UInt8(ascii: "\"") {
      guard let text, let base = bytes.baseAddress, Self.isPlain(bytes, at + 1) else { return true }
      return memcmp(base + at + 1, text, text.count) >= 0
    }
    return Self.number(bytes, at).map { $0 >= milliseconds } ?? true
  }

  private static func skip(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int {
    var at = start
    while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 || bytes[at] == 0x0D { at += 1 }
    return at
  }

  /// `2026-02-03T09:00:00.000Z"`
  private static func isPlain(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> Bool {
    guard at + 25 <= bytes.count else { return false }
    for (index, mark) in zip([4, 7, 10, 13, 16, 19, 23, 24], "--T::.Z\"".utf8) where bytes[at + index] != mark
    {
      return false
    }
    return true
  }

  /// A whole number that fits; nil for any other form.
  private static func number(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int64? {
    var (value, at): (Int64, Int) = (0, start)
    while at < bytes.count, at - start < 18, bytes[at] &- UInt8(ascii: "0") < 10 {
      value = value * 10 + Int64(bytes[at] - UInt8(ascii: "0"))
      at += 1
    }
    guard at > start, at < bytes.count, bytes[at] == UInt8(ascii: ",") || bytes[at] == UInt8(ascii: "}")
    else {
      return nil
    }
    return value
  }
}
