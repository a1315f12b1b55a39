import Testing

@testable import Tail

@Suite("Records of a line")
struct RecordPieceTests {
  private func pieces(_ line: String, at start: UInt64 = 1_000) -> [String] {
    let bytes = Array(line.utf8)
    let item = TailItem.line(bytes[...], start: start, end: start + UInt64(bytes.count) + 1)
    return RecordPiece.pieces(of: item).map { piece in
      switch piece {
      case .record(let record): "record \(record.start)-\(record.end) \(record.json.description)"
      case .damage(let damage): "damage \(damage.start)+\(damage.length) \(damage.reason) \(damage.recovered)"
      }
    }
  }

  @Test("A record has the positions of its line")
  func whole() {
    #expect(pieces(#"{"a":1}"#) == [#"record 1000-1008 {"a":1}"#])
    #expect(pieces("").isEmpty)
  }

  @Test("Glued records are two records; a cut one before a whole one is damage that was recovered from")
  func glued() {
    #expect(pieces(#"{"a":1}{"b":2}"#) == [#"record 1000-1015 {"a":1}"#, #"record 1000-1015 {"b":2}"#])
    let cut = pieces(#"{"a":"x{"b":2}"#)
    #expect(
      cut.count == 2 && cut.first?.hasPrefix("damage 1000+") == true && cut.first?.hasSuffix("true") == true)
    #expect(cut.last == #"record 1000-1015 {"b":2}"#)
  }

  @Test("A run of NUL bytes is damage, and the record after it is not")
  func nulRun() {
    #expect(pieces("\0\0\0{\"a\":1}") == ["damage 1000+3 nulRun true", #"record 1000-1011 {"a":1}"#])
    #expect(pieces("\0\0") == ["damage 1000+2 nulRun false"])
  }

  @Test("An oversized line is damage with its range")
  func oversized() {
    guard case .damage(let damage)? = RecordPiece.pieces(of: TailItem.oversized(start: 5, end: 50)).first
    else {
      Issue.record("no damage")
      return
    }
    #expect(damage.start == 5 && damage.length == 45 && damage.reason == .tooLarge && !damage.recovered)
  }
}
