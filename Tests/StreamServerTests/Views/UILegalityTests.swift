import StreamServer
import Tail
import TestSupport
import Testing
import Wire

@Suite("The ui view satisfies a strict AI SDK client")
struct UILegalityTests {
  private typealias Line = RandomTranscript.Line

  private static let choices: [Include] = [
    .standard, Include(rawValue: 63), .text, .tools, [], [.thinking, .tools, .hidden],
  ]

  private func encoder(_ include: Include) -> ViewEncoder {
    ViewEncoder(view: .ui, include: include, sessionID: "s1")
  }

  private func warmed(_ include: Include, _ lines: ArraySlice<Line>) -> ViewEncoder {
    var encoder = encoder(include)
    for line in lines { _ = encoder.frames(at: line.cursor, record: nil, events: line.events) }
    return encoder
  }

  /// The rest of a stream from `encoder` on, to its end.
  private func rest(_ encoder: inout ViewEncoder, _ lines: ArraySlice<Line>) -> [Frame] {
    lines.flatMap { encoder.frames(at: $0.cursor, record: nil, events: $0.events) }
      + ViewEncoder.farewell(.stop, hasOpenStep: encoder.hasOpenStep)
  }

  @Test(
    "A stream of anything is legal, cut at any id and resumed it still is, and tells the same",
    arguments: 0..<60)
  func resumed(run: UInt64) {
    let seed = UInt64.random(in: 0...(.max / 2)) + run
    var transcript = RandomTranscript(seed: seed)
    let lines = transcript.lines(14)
    let include = UILegalityTests.choices[Int(run) % UILegalityTests.choices.count]
    var whole = encoder(include)
    let opening = whole.preamble(messageID: "m", at: lines[0].cursor)
    #expect(UIStreamChecker.fault(in: opening + rest(&whole, lines[...])) == nil, "seed \(seed)")
    for index in lines.indices {
      var before = warmed(include, lines[..<index])
      let line = lines[index]
      var straight = before
      let frames = straight.frames(at: line.cursor, record: nil, events: line.events)
      let after = rest(&straight, lines[(index + 1)...])
      for (place, frame) in frames.enumerated() {
        guard case .part(let part) = frame.id else { continue }
        var cut = before
        let resumed = cut.frames(
          after: part, at: line.cursor, records: [], events: line.events, messageID: "m")
        let stream = resumed + rest(&cut, lines[(index + 1)...])
        #expect(UIStreamChecker.fault(in: stream) == nil, "seed \(seed), line \(index), part \(part)")
        let expected = Array(frames[(place + 1)...]) + after
        #expect(Array(stream.suffix(expected.count)) == expected, "seed \(seed), line \(index), part \(part)")
        #expect(stream.first?.id == .part(part), "seed \(seed)")
      }
      let stream = before.preamble(messageID: "m", at: line.cursor) + rest(&before, lines[index...])
      #expect(UIStreamChecker.fault(in: stream) == nil, "seed \(seed), line \(index)")
    }
  }

  @Test(
    "An encoder that looked back only a little is legal, and so is the change from it to another",
    arguments: 0..<60)
  func bridged(run: UInt64) {
    let seed = UInt64.random(in: 0...(.max / 2)) + run
    var transcript = RandomTranscript(seed: seed)
    let lines = transcript.lines(24)
    var late = warmed(.standard, lines[8..<10])
    var stream = late.preamble(messageID: "m", at: lines[9].cursor)
    for line in lines[10..<16] { stream += late.frames(at: line.cursor, record: nil, events: line.events) }
    for lookBack in [0, 12, 15] {
      var early = warmed(.standard, lines[lookBack..<16])
      let changed = stream + early.bridge(from: late) + rest(&early, lines[16...])
      #expect(
        UIStreamChecker.fault(in: changed, allowsReopening: true) == nil, "seed \(seed), from \(lookBack)")
    }
    #expect(late.bridge(from: late) == [])
  }

  @Test(
    "A part that the view does not have repeats the line instead of losing some of it",
    arguments: ViewKind.allCases)
  func foreignPart(view: ViewKind) {
    let events = [message(.assistant, [.text(string("a"))]), TranscriptEvent.turn(Turn(.ended))]
    let records = [record("{}")]
    var straight = ViewEncoder(view: view, include: .standard, sessionID: "s1")
    var cut = straight
    let all = straight.frames(at: line, records: records, events: events)
    let repeated = cut.frames(after: 9, at: line, records: records, events: events, messageID: "m")
    #expect(Array(repeated.suffix(all.count)) == all)
  }

  @Test("After a part the other views send what is left of the line", arguments: 1...3)
  func restOfLine(part: Int) {
    let events: [TranscriptEvent] = [
      message(.user, [.text(string("a"))]), .meta(key: "k", value: string("v")), .turn(Turn(.started)),
      message(.assistant, [call("c")]), .turn(Turn(.ended)),
    ]
    var encoder = ViewEncoder(view: .events, include: [.text, .meta], sessionID: "s1")
    let left = encoder.frames(after: part, at: line, records: [], events: events, messageID: "")
    let expected: [FrameID?] = [nil, .part(2), .record]
    #expect(left.map(\.id) == Array(expected.suffix(part == 1 ? 3 : 1)))
  }

  @Test("The checker's table is the shared one")
  func table() throws {
    guard let folder = Samples.folder, let text = Samples.read(folder + "/ai-sdk-ui-chunks.json") else {
      return
    }
    let safe = try #require(JSONSlice(validating: text)?["safe"])
    for (type, keys) in UIStreamChecker.chunks {
      let listed = try #require((safe["parts"] ?? safe)[type], "\(type)")
      #expect(Set(listed["required"]?.elements.compactMap(\.string) ?? []) == keys.required, "\(type)")
      #expect(Set(listed["optional"]?.elements.compactMap(\.string) ?? []) == keys.optional, "\(type)")
    }
  }

  @Test("Every shared sample is a legal stream")
  func samples() {
    let agents: [(folder: String, agent: AgentKind)] = [
      ("claude", .claude), ("codex", .codex), ("gemini", .gemini),
    ]
    for (folder, agent) in agents {
      for path in Samples.files(under: folder, ".jsonl") {
        guard let bytes = Samples.read(path) else { continue }
        for include in [Include.standard, Include(rawValue: 63)] {
          #expect(UIStreamChecker.fault(in: stream(bytes, agent, include)) == nil, "\(path)")
        }
      }
    }
  }

  private func stream(_ bytes: [UInt8], _ agent: AgentKind, _ include: Include) -> [Frame] {
    var decoder = TranscriptDecoder(agent: agent)
    var encoder = encoder(include)
    var offset: UInt64 = 0
    var frames = encoder.preamble(messageID: "m", at: Cursor(epoch: Epoch(1), offset: 0))
    for text in bytes.split(separator: 10, omittingEmptySubsequences: false) {
      let start = offset
      offset += UInt64(text.count + 1)
      var records: [Record] = []
      for case .record(let json, _) in splitLine(text) {
        records.append(Record(json: json, start: start, end: offset))
      }
      let events = records.flatMap { decoder.decode($0) }
      frames += encoder.frames(at: Cursor(epoch: Epoch(1), offset: offset), records: records, events: events)
    }
    return frames + ViewEncoder.farewell(.stop, hasOpenStep: encoder.hasOpenStep)
  }
}
