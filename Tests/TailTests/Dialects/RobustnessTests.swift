import TestSupport
import Testing
import Wire

@testable import Tail

@Suite("Decoders under strain")
struct RobustnessTests {
  /// One transcript for each agent, from the generator or by hand.
  private static func transcript(_ agent: AgentKind) -> [Record] {
    let format = ["claude": "claude --era v21", "codex": "codex", "gemini": "gemini"][agent.rawValue]
    if let format, let bytes = Samples.generate("gen --format \(format) --seed 9 --lines 120 --max-line 3000")
    {
      return records(of: bytes)
    }
    let folder = agent == .jsonl ? "pi" : agent.rawValue
    return Samples.files(under: "other", ".jsonl").filter { $0.contains("/\(folder)/") }
      .compactMap { Samples.read($0) }.flatMap { records(of: $0) }
  }

  @Test("Values of wrong types everywhere never crash a decoder", arguments: AgentKind.allCases)
  func wrongTypes(agent: AgentKind) {
    let seed = testSeed()
    var random = SeededGenerator(seed: seed)
    let all = Self.transcript(agent)
    guard !all.isEmpty else { return }
    for reader in [agent, AgentKind.allCases.randomElement(using: &random) ?? agent] {
      var decoder = TranscriptDecoder(agent: reader)
      var summary = SessionSummary()
      for _ in 0..<testRounds(1_500) {
        let victim = all[Int.random(in: all.indices, using: &random)]
        let bytes = mutated(victim.json, depth: 0, &random)
        guard let json = JSONSlice(validating: bytes) else {
          Issue.record("the mutation is no JSON, seed \(seed)")
          return
        }
        let events = decoder.decode(Record(json: json, start: victim.start, end: victim.end))
        summary.absorb(events)
        for event in events {
          #expect(event.isWellFormed, "seed \(seed): \(json.description.prefix(200))")
        }
      }
    }
  }

  @Test("Session values, ids and held texts stay bounded however long a file is")
  func bounded() {
    var ids = RecentSet(capacity: 3)
    for value in [1, 2, 3, 4, 5, 1] as [UInt64] { ids.insert(value) }
    #expect(ids.contains(4) && ids.contains(5) && ids.contains(1) && !ids.contains(2) && !ids.contains(3))
    var twins = CodexTwins(limits: DecoderLimits(twinDistance: 2))
    let first = twins.isTwin(7, from: .item)
    for _ in 0..<3 { twins.advance() }
    let far = twins.isTwin(7, from: .event)
    #expect(!first && !far, "a twin too far away is a new text")
  }

  @Test(
    "A decoder that starts in the middle shows what one from the start shows, once it is warm",
    arguments: [AgentKind.claude, .codex, .gemini])
  func warm(agent: AgentKind) {
    let all = Self.transcript(agent)
    guard all.count > 40 else { return }
    let whole = decode(agent, all).map { $0.filter { !$0.isMeta }.map(\.text) }
    let profile = TranscriptProfile.of(agent: agent, head: all)
    for cut in stride(from: 1, to: all.count, by: 3) {
      let warm = decode(agent, Array(all[max(0, cut - 100)...]), profile: profile)
        .map { $0.filter { !$0.isMeta }.map(\.text) }
      #expect(Array(warm.suffix(all.count - cut)) == Array(whole.suffix(all.count - cut)), "cut at \(cut)")
    }
  }

  /// The same value with parts replaced, dropped, doubled or swapped for values of other types.
  private func mutated(_ json: JSONSlice, depth: Int, _ random: inout SeededGenerator) -> [UInt8] {
    if Int.random(in: 0..<24, using: &random) == 0 {
      let strange = [
        "null", "true", "-1", "1e300", "\"\"", "[]", "{}", "[[]]", "{\"type\":{}}", "\"\\ud83d\"", "[null]",
        "0.5",
        "\"data:,\"", "\"data:image/png;base64,\"", "[{\"type\":\"text\",\"text\":3}]",
        "99999999999999999999",
      ]
      return Array((strange.randomElement(using: &random) ?? "null").utf8)
    }
    var writer = JSONWriter()
    switch json.kind {
    case .object:
      var members: [(String, JSONSlice)] = []
      json.forEachMember { members.append(($0, $1)) }
      if Int.random(in: 0..<12, using: &random) == 0 { members.shuffle(using: &random) }
      writer.object { writer in
        for (key, value) in members where Int.random(in: 0..<16, using: &random) > 0 {
          writer.key(key)
          writer.raw(bytes: mutated(value, depth: depth + 1, &random))
        }
      }
    case .array:
      writer.array { writer in
        for value in json.elements {
          for _ in 0..<[1, 1, 1, 1, 0, 2][Int.random(in: 0..<6, using: &random)] {
            writer.raw(bytes: mutated(value, depth: depth + 1, &random))
          }
        }
      }
    default: return Array(json.bytes)
    }
    return writer.take()
  }
}

extension TranscriptEvent {
  /// Slices that views copy into frames are JSON, and those that are texts are strings.
  fileprivate var isWellFormed: Bool {
    switch self {
    case .message(let message): message.isWellFormed
    case .update(let update):
      update.message.isWellFormed && update.changed.allSatisfy { update.message.blocks.indices.contains($0) }
    case .activity(let activity): activity.text.kind == .string && activity.text.isValid
    case .compaction(let compaction): compaction.summary.map { $0.kind == .string } ?? true
    case .meta(_, let value): value.isValid
    case .usage(let usage): usage.json.isValid
    default: true
    }
  }
}

extension Message {
  fileprivate var isWellFormed: Bool {
    (usage?.isValid ?? true)
      && blocks.allSatisfy { block in
        switch block {
        case .text(let text), .thinking(let text): text.kind == .string && text.isValid
        case .toolUse(let use): use.input.isValid && !use.name.isEmpty
        case .toolResult(let result): result.content.allSatisfy(\.isWellFormed)
        case .media(let media): media.encodedBytes >= 0 && (media.source?.base64.isValid ?? false)
        }
      }
  }
}

extension ResultPart {
  fileprivate var isWellFormed: Bool {
    switch self {
    case .text(let text): text.kind == .string && text.isValid
    case .json(let json): json.isValid
    case .media(let media): media.source?.base64.isValid ?? false
    }
  }
}

extension JSONSlice {
  fileprivate var isValid: Bool { JSONSlice(validating: bytes) != nil }
}
