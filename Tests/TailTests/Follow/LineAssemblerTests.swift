import Testing

@testable import Tail

@Suite("Lines from bytes")
struct LineAssemblerTests {
  private static let text = Array("{\"a\":\"é🦀\"}\n\n{\"b\":\0\0}\r\n{\"c\":\"ü\"}\nrest€".utf8)

  private func lines(_ assembler: inout LineAssembler, _ pieces: [[UInt8]]) -> [SeenLine] {
    var seen: [SeenLine] = []
    for piece in pieces { assembler.append(piece) { seen.append(SeenLine($0)) } }
    return seen
  }

  /// What the lines are, said by another rule: split at newlines, lengths added up.
  private func expected(_ bytes: [UInt8], at offset: UInt64) -> [SeenLine] {
    var start = offset
    return bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast().map { line in
      defer { start += UInt64(line.count) + 1 }
      return SeenLine(bytes: Array(line), start: start, end: start + UInt64(line.count) + 1)
    }
  }

  @Test(
    "Lines split at any two bytes, also inside a character, are the same lines", arguments: 0...text.count)
  func everySplit(first: Int) {
    let whole = expected(Self.text, at: 100)
    #expect(whole.count == 4)
    for second in first...Self.text.count {
      var assembler = LineAssembler(at: 100, limit: 1_000)
      let pieces = [Self.text[..<first], Self.text[first..<second], Self.text[second...]].map { Array($0) }
      #expect(lines(&assembler, pieces) == whole)
      #expect(assembler.position == 100 + UInt64(Self.text.count))
      #expect(assembler.boundary == whole.last?.end)
      #expect(assembler.heldBytes == "rest€".utf8.count)
    }
  }

  @Test("Bytes before the first index are not looked at")
  func fromIndex() {
    var assembler = LineAssembler(at: 7, limit: 100)
    var seen: [SeenLine] = []
    assembler.append(Array("old\nnew\nx".utf8), from: 4) { seen.append(SeenLine($0)) }
    #expect(seen == [SeenLine(bytes: Array("new".utf8), start: 7, end: 11)])
    #expect(assembler.position == 12 && assembler.boundary == 11)
  }

  @Test("A line of the limit is whole, one byte more is oversized, at every split", arguments: 9...12)
  func aroundTheLimit(length: Int) {
    let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: length) + [0x0A] + Array("after\n".utf8)
    let end = UInt64(length + 1)
    for split in 0...bytes.count {
      var assembler = LineAssembler(at: 0, limit: 10)
      let seen = lines(&assembler, [Array(bytes[..<split]), Array(bytes[split...])])
      let first =
        length <= 10
        ? SeenLine(bytes: Array(bytes[..<length]), start: 0, end: end)
        : SeenLine(bytes: nil, start: 0, end: end)
      #expect(seen == [first, SeenLine(bytes: Array("after".utf8), start: end, end: end + 6)])
    }
  }

  @Test("A line over the limit is counted and never held")
  func bounded() {
    var assembler = LineAssembler(at: 0, limit: 1_000)
    let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 700)
    var most = 0
    for _ in 0..<100 {
      #expect(lines(&assembler, [chunk]).isEmpty)
      most = max(most, assembler.heldBytes)
    }
    #expect(most <= 1_000)
    #expect(assembler.heldBytes == 0 && assembler.position == 70_000 && assembler.boundary == 0)
    #expect(lines(&assembler, [[0x0A]]) == [SeenLine(bytes: nil, start: 0, end: 70_001)])
    #expect(lines(&assembler, [Array("ok\n".utf8)]).first?.bytes == Array("ok".utf8))
  }
}

/// A line as a value to compare; `bytes` is nil for an oversized one.
struct SeenLine: Equatable {
  var bytes: [UInt8]?
  var start: UInt64
  var end: UInt64

  init(bytes: [UInt8]?, start: UInt64, end: UInt64) {
    self.bytes = bytes
    self.start = start
    self.end = end
  }

  init(_ line: LineAssembler.Line) {
    switch line {
    case .whole(let bytes, let start, let end): self.init(bytes: Array(bytes), start: start, end: end)
    case .oversized(let start, let end): self.init(bytes: nil, start: start, end: end)
    }
  }

  init(_ item: TailItem) {
    switch item {
    case .line(let bytes, let start, let end): self.init(bytes: Array(bytes), start: start, end: end)
    case .oversized(let start, let end): self.init(bytes: nil, start: start, end: end)
    case .message(let json, let start, let end): self.init(bytes: Array(json.bytes), start: start, end: end)
    }
  }

  var text: String { bytes.map { String(decoding: $0, as: UTF8.self) } ?? "(oversized)" }
}
