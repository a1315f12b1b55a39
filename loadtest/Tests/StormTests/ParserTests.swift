import Testing

@testable import Storm

/// What a parser handed over, as values.
enum Item: Equatable {
  case event(name: String, id: String, data: String, dataLines: Int)
  case comment
  case frame(UInt8, String)

  init(_ item: StreamItem) {
    switch item {
    case .comment: self = .comment
    case .event(let event):
      self = .event(
        name: event.name.text(limit: 4096), id: event.id.text(limit: 4096),
        data: event.data.text(limit: 4096), dataLines: event.dataLines)
    case .frame(let opcode, let payload): self = .frame(opcode, payload.text(limit: 4096))
    }
  }
}

/// Feeds `bytes` in pieces that end at `cuts`; returns the items and the last reason to stop.
func parse(
  _ framing: StreamParser.Framing, _ bytes: [UInt8], cuts: [Int]
) -> (items: [Item], reason: ParserStop.Reason, aligned: Bool) {
  var parser = StreamParser(framing)
  var items: [Item] = []
  var reason = ParserStop.Reason.exhausted
  var start = 0
  for end in cuts + [bytes.count] where end > start {
    let piece = Array(bytes[start..<end])
    piece.withUnsafeBufferPointer { buffer in
      var rest = Stretch(buffer.baseAddress!, buffer.count)
      while !rest.isEmpty {
        let stop = parser.advance(rest) { items.append(Item($0)) }
        reason = stop.reason
        rest = rest.dropFirst(stop.consumed)
        if case .fault = reason { return }
        if reason == .end { return }
      }
    }
    start = end
  }
  return (items, reason, parser.atBoundary)
}

struct ParserTests {
  static let events = [
    "retry: 2000\nevent: hello\nid: 9f3c21aa-0\ndata: {}\n\n", ":\n\n",
    "id: 9f3c21aa-300\ndata: {\"a\":1}\n\n", "data:no space\r\nid:x\r\n\r\n",
    "event: two\ndata: 1\ndata: 2\n\n", ": note\ndata: with a comment\n\n", "unknown: x\ndataset: y\n\n",
  ]
  static let expected: [Item] = [
    .event(name: "hello", id: "9f3c21aa-0", data: "{}", dataLines: 1), .comment,
    .event(name: "", id: "9f3c21aa-300", data: "{\"a\":1}", dataLines: 1),
    .event(name: "", id: "x", data: "no space", dataLines: 1),
    .event(name: "two", id: "", data: "2", dataLines: 2),
    .event(name: "", id: "", data: "with a comment", dataLines: 1),
  ]

  static func chunked(_ pieces: [[UInt8]]) -> [UInt8] {
    pieces.flatMap { Array((String($0.count, radix: 16) + "\r\n").utf8) + $0 + Array("\r\n".utf8) }
  }

  @Test("A plain stream split at any byte is the same events")
  func plain() {
    let bytes = Self.events.flatMap { Array($0.utf8) }
    for cut in 0...bytes.count {
      let result = parse(.plain, bytes, cuts: [cut])
      #expect(result.items == Self.expected, "cut at \(cut)")
      #expect(result.aligned)
    }
  }

  @Test("A chunked stream split at any byte is the same events, one chunk an event")
  func chunks() {
    let bytes = Self.chunked(Self.events.map { Array($0.utf8) })
    for cut in 0...bytes.count {
      #expect(parse(.chunked, bytes, cuts: [cut]).items == Self.expected, "cut at \(cut)")
    }
  }

  @Test("Chunks that end anywhere, read in pieces that end anywhere, are the same events")
  func anyChunks() {
    let seed = UInt64.random(in: 1...UInt64.max)
    var random = SplitMix(seed: seed)
    let stream = Self.events.flatMap { Array($0.utf8) }
    for _ in 0..<500 {
      var pieces: [[UInt8]] = []
      var at = 0
      while at < stream.count {
        let end = min(stream.count, at + random.next(in: 1...30))
        pieces.append(Array(stream[at..<end]))
        at = end
      }
      let bytes = Self.chunked(pieces) + Array("0\r\n\r\n".utf8)
      let cuts = (0..<random.next(in: 0...12)).map { _ in random.next(in: 0...bytes.count) }.sorted()
      let result = parse(.chunked, bytes, cuts: cuts)
      #expect(result.items == Self.expected, "seed \(seed)")
      #expect(result.reason == .end, "seed \(seed)")
    }
  }

  @Test("A boundary is reported behind each chunk that ends with its event, and nowhere else")
  func boundaries() {
    var parser = StreamParser(.chunked)
    let whole = Self.chunked([Array("data: 1\n\n".utf8), Array("data: ".utf8), Array("2\n\n".utf8)])
    var consumed: [Int] = []
    whole.withUnsafeBufferPointer { buffer in
      var rest = Stretch(buffer.baseAddress!, buffer.count)
      while !rest.isEmpty {
        let stop = parser.advance(rest) { _ in }
        #expect(stop.reason == .boundary)
        consumed.append(stop.consumed)
        rest = rest.dropFirst(stop.consumed)
      }
    }
    #expect(consumed == [14, 11 + 8])
  }

  @Test(
    "Bytes that are no chunk are a fault",
    arguments: ["\r\n", "g\r\n", "5\nhello", "5\r\nhelloX\r\n", "1000000000000000\r\n", "5\r\nhello\n"])
  func badChunks(_ text: String) {
    #expect(parse(.chunked, Array(text.utf8), cuts: []).reason == .fault(.chunk))
  }

  @Test("An event over the limit is a fault and not a buffer without end")
  func limit() {
    var parser = StreamParser(.plain, eventLimit: 1000)
    let bytes = Array(repeating: UInt8(ascii: "x"), count: 600)
    let reasons = (0..<2).map { _ in
      bytes.withUnsafeBufferPointer { buffer in
        parser.advance(Stretch(buffer.baseAddress!, buffer.count)) { _ in }.reason
      }
    }
    #expect(reasons == [.exhausted, .fault(.size)])
  }

  @Test("WebSocket frames of every length form split at any byte are the same frames")
  func webSocket() {
    var bytes: [UInt8] = []
    var expected: [Item] = []
    for (opcode, length) in [(1, 0), (1, 125), (1, 126), (9, 4), (2, 300), (1, 4000)] {
      let payload = Array(repeating: UInt8(ascii: "a") + UInt8(length % 26), count: length)
      bytes.append(0x80 | UInt8(opcode))
      if length < 126 {
        bytes.append(UInt8(length))
      } else {
        bytes += [126, UInt8(length >> 8), UInt8(length & 255)]
      }
      bytes += payload
      expected.append(.frame(UInt8(opcode), String(decoding: payload, as: UTF8.self)))
    }
    bytes += [0x81, 127, 0, 0, 0, 0, 0, 0, 0, 1, UInt8(ascii: "z")]
    expected.append(.frame(1, "z"))
    for cut in 0...bytes.count {
      #expect(parse(.webSocket, bytes, cuts: [cut]).items == expected, "cut at \(cut)")
    }
  }

  @Test(
    "A masked frame, a fragment and a reserved bit are faults",
    arguments: [
      [0x81, 0x80, 0, 0, 0, 0], [0x01, 0], [0x80, 0], [0xc1, 0], [0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 0],
    ])
  func badFrames(_ bytes: [UInt8]) {
    #expect(parse(.webSocket, bytes, cuts: []).reason == .fault(.frame))
  }
}
