import TestSupport
import Testing
import Wire

@testable import Tail

@Suite("The history of one transcript")
struct TranscriptFileTests {
  private let folder = TemporaryFolder()

  private func history(_ text: String, head: Int? = nil, limits: TailLimits = TailLimits()) throws
    -> TranscriptFile
  {
    folder.rewrite("f.jsonl", text)
    let opened = try OpenedTranscript.open(folder.file("f.jsonl"), known: nil)
    return try TranscriptFile(
      TopicFacts(
        session: "f", path: folder.file("f.jsonl"), agent: .jsonl, isDocument: false,
        epoch: opened.identity?.epoch, head: head.map(UInt64.init) ?? opened.boundary, witness: opened.witness
      ),
      limits: limits)
  }

  private func lines(_ file: TranscriptFile, from offset: UInt64) throws -> [SeenLine] {
    var lines: [SeenLine] = []
    try file.items(from: offset) {
      lines.append(SeenLine($0))
      return true
    }
    return lines
  }

  @Test("From every boundary the same lines follow, up to the head and never beyond")
  func items() throws {
    let text = "one\n\ntwo é\nthree\nfour"
    let file = try history(text)
    let whole = wholeLines(of: Array(text.utf8), limit: .max)
    #expect(try lines(file, from: 0) == whole)
    for line in whole { #expect(try lines(file, from: line.end) == whole.filter { $0.start >= line.end }) }
    #expect(try lines(try history(text, head: 5), from: 0).map(\.text) == ["one", ""])
  }

  @Test("A search by time finds the first line whose time reaches it, whatever the lines look like")
  func searches() throws {
    let seed = testSeed()
    var random = SeededGenerator(seed: seed)
    for _ in 0..<12 {
      var text = ""
      for number in 0..<Int.random(in: 1...40, using: &random) {
        let time = 1_700_000_000_000 + Int64(Int.random(in: -3...60, using: &random) * 500)
        let stamp = Timestamp(milliseconds: time).iso8601
        let inside = Timestamp(milliseconds: time + 40_000).iso8601
        switch Int.random(in: 0...11, using: &random) {
        case 0: text += "{\"n\":\(number)}\n"
        case 1: text += "{\"timestamp\":\(time)}\r\n"
        case 2: text += "{ \"timestamp\" : \"\(stamp.dropLast())+00:00\" }\n"
        case 3: text += "{\"a\":{\"timestamp\":\"\(inside)\"},\"timestamp\":\"\(stamp)\"}\n"
        case 4: text += "{\"timestamp\":\"\(stamp)\",\"t\":\"\\\"timestamp\\\":\\\"\(inside)\\\"\"}\n"
        case 5: text += "{\"cut\":\"{\"timestamp\":\"\(stamp)\"}\n"
        case 6: text += "\0\0{\"timestamp\":\"\(stamp)\"}\n"
        case 7: text += "{\"timestamp\":\"2023-11-14T22:99:60.000Z\"}\n\n"
        case 8:
          let pad = String(repeating: "x", count: Int.random(in: 1...4, using: &random) * 200_000)
          text += "{\"pad\":\"\(pad)\",\"timestamp\":\"\(stamp)\"}\n"
        default: text += "{\"timestamp\":\"\(stamp)\",\"type\":\"user\"}\n"
        }
      }
      var limits = TailLimits()
      limits.maxRecordBytes = 700_000
      let file = try history(text, limits: limits)
      for second in stride(from: -3, through: 35, by: 3) {
        let wanted = 1_700_000_000_000 + Int64(second) * 1000
        #expect(
          try file.search(since: wanted, from: 0, bytes: .max) == slowSearch(file, wanted), "seed \(seed)")
      }
    }
  }

  /// The definition, line by line.
  private func slowSearch(_ file: TranscriptFile, _ milliseconds: Int64) throws -> TimeSearch {
    var (start, found): (UInt64, UInt64?) = (0, nil)
    try file.items(from: 0) { item in
      let times = RecordPiece.pieces(of: item).compactMap {
        $0.record.flatMap { RecordTime.milliseconds(of: $0.json) }
      }
      if times.contains(where: { $0 >= milliseconds }) { found = start }
      start = item.end
      return found == nil
    }
    return found.map { .found($0) } ?? .older(through: file.facts.head)
  }

  @Test("Reading stops where the reader says")
  func stops() throws {
    var seen = 0
    try history("1\n2\n3\n4\n").items(from: 0) { _ in
      seen += 1
      return seen < 2
    }
    #expect(seen == 2)
  }

  @Test("Every byte is a boundary or is not, by the rule of the newline before it")
  func boundaries() throws {
    let text = Array("ab\n\nc\nrest".utf8)
    let file = try history(String(decoding: text, as: UTF8.self))
    for offset in 0...20 {
      let expected = offset == 0 || (offset <= 6 && text[offset - 1] == 0x0A)
      #expect(try file.isBoundary(UInt64(offset)) == expected, "at \(offset)")
    }
  }

  @Test(
    "Lines are found backwards over every size of line",
    arguments: [10, 65_535, 65_536, 262_143, 262_144, 300_000])
  func backwards(length: Int) throws {
    let texts = (0..<4).map { String(repeating: "\($0)", count: length + $0) }
    let file = try history(texts.map { $0 + "\n" }.joined() + "cut")
    let whole = try lines(file, from: 0)
    try #require(whole.count == 4)
    let end = whole[3].end
    for (index, line) in whole.enumerated() {
      #expect(try file.lineStart(endingAt: line.end) == line.start)
      #expect(try file.last(4 - index, before: end).start == line.start)
      let text = try file.bytes(from: line.start, to: line.end - 1)
      #expect(text == line.bytes)
    }
    #expect(try file.last(9, before: end).start == 0)
    #expect(try file.last(0, before: end).start == end)
    let back = try file.lookbackStart(before: end, bytes: length + 10)
    #expect(back == 0 || whole.contains { $0.end == back })
    #expect(back <= end - UInt64(min(length + 10, Int(end))))
  }

  @Test("A line over the limit is told by its place")
  func oversized() throws {
    var limits = TailLimits()
    limits.maxRecordBytes = 5
    let lines = try lines(try history("12345\n123456\n1\n", limits: limits), from: 0)
    #expect(lines.map(\.text) == ["12345", "(oversized)", "1"])
  }

  @Test("A file that was cut or rewritten no longer holds; one that grew does; one that is gone is changed")
  func changes() throws {
    let file = try history("one\ntwo\n")
    folder.append("three\n", to: "f.jsonl")
    #expect(file.stillHolds())
    folder.overwrite("f.jsonl", at: 5, [0x58])
    #expect(!file.stillHolds())
    folder.truncate("f.jsonl", to: 4)
    #expect(!file.stillHolds())
    #expect(throws: TranscriptFile.Fault.changed) { try lines(file, from: 4) }
    folder.remove("f.jsonl")
    #expect(throws: TranscriptFile.Fault.changed) { _ = try TranscriptFile(file.facts, limits: TailLimits()) }
  }
}
