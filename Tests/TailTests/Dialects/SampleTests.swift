import TestSupport
import Testing
import Wire

@testable import Tail

@Suite("The shared samples")
struct SampleTests {
  /// All sample files with the agent that wrote them.
  private static let files: [(AgentKind, String)] =
    Samples.files(under: "claude", ".jsonl").map { (.claude, $0) }
    + Samples.files(under: "codex", ".jsonl").map { (.codex, $0) }
    + Samples.files(under: "gemini", ".jsonl").map { (.gemini, $0) }
    + Samples.files(under: "other", ".jsonl").map { path in
      (path.contains("/copilot/") ? .copilot : path.contains("/cursor/") ? .cursor : .jsonl, path)
    }

  @Test("Every file is read by every dialect without harm", .enabled(if: Samples.folder != nil))
  func harmless() throws {
    #expect(Self.files.count > 60)
    for (_, path) in Self.files {
      let bytes = try #require(Samples.read(path))
      let all = records(of: bytes)
      for agent in AgentKind.allCases { #expect(decode(agent, all).count == all.count) }
    }
  }

  @Test("Every Claude row with text is a message with that text", .enabled(if: Samples.folder != nil))
  func claudeTexts() throws {
    var rows = 0
    for (agent, path) in Self.files where agent == .claude {
      var seen: Set<String> = []
      let bytes = try #require(Samples.read(path))
      let all = records(of: bytes)
      for (record, events) in zip(all, decode(.claude, all)) {
        let json = record.json
        if let uuid = json["uuid"]?.string, !seen.insert(uuid).inserted { continue }
        guard json["type"]?.string == "user" || json["type"]?.string == "assistant" else { continue }
        if json["isCompactSummary"]?.bool == true { continue }
        let content = json["message"]?["content"]
        let written =
          content?.kind == .string
          ? [content] : (content?.elements ?? []).map { $0["type"]?.string == "text" ? $0["text"] : nil }
        let texts = written.compactMap { $0?.string }.filter { !$0.allSatisfy(\.isWhitespace) }
        let shown = events.compactMap(\.message).flatMap { $0.blocks.texts }.compactMap(\.string)
        #expect(shown.sorted() == texts.sorted(), "\(path) at \(record.start)")
        rows += texts.isEmpty ? 0 : 1
      }
    }
    #expect(rows > 300)
  }

  @Test("Every Claude tool call and result is shown", .enabled(if: Samples.folder != nil))
  func claudeTools() throws {
    for (agent, path) in Self.files where agent == .claude {
      var seen: Set<String> = []
      var written = 0
      let bytes = try #require(Samples.read(path))
      let all = records(of: bytes)
      for record in all {
        if let uuid = record.json["uuid"]?.string, !seen.insert(uuid).inserted { continue }
        for block in record.json["message"]?["content"]?.elements ?? [] {
          let type = block["type"]?.string
          if type == "tool_use" || type == "tool_result" { written += 1 }
        }
      }
      let shown = decode(.claude, all).flatMap { $0 }.compactMap(\.message).flatMap(\.blocks).count { block in
        switch block {
        case .toolUse, .toolResult: true
        default: false
        }
      }
      #expect(shown == written, "\(path)")
    }
  }

  @Test("Every Codex text is shown exactly once", .enabled(if: Samples.folder != nil))
  func codexTexts() throws {
    for (agent, path) in Self.files where agent == .codex {
      let bytes = try #require(Samples.read(path))
      try expectEachTextOnce(records(of: bytes), path)
    }
  }

  @Test("Every text of generated Codex sessions is shown exactly once", arguments: 1...4)
  func generatedCodexTexts(seed: Int) throws {
    guard let bytes = Samples.generate("gen --format codex --seed \(seed) --lines 800 --compact-every 3")
    else { return }
    try expectEachTextOnce(records(of: bytes), "seed \(seed)")
  }

  /// A text may stand once in each lane: it is to be shown as often as the lane that has it more often.
  private func expectEachTextOnce(_ all: [Record], _ name: String) throws {
    var lanes: [String: [String: Int]] = ["item": [:], "event": [:]]
    for record in all {
      let payload = record.json["payload"] ?? record.json
      let type = payload["type"]?.string
      var texts: [JSONSlice] = []
      if record.json["type"]?.string == "event_msg" {
        guard type == "user_message" || type == "agent_message" else { continue }
        texts = [payload["message"]].compactMap { $0 }
      } else if let role = payload["role"]?.string, role != "developer", payload["content"]?.kind == .array {
        texts = payload["content"]?.elements.compactMap { $0["text"] } ?? []
      }
      let lane = record.json["type"]?.string == "event_msg" ? "event" : "item"
      for text in texts.compactMap(\.string) where !text.hasPrefix("<environment") && !text.isEmpty {
        lanes[lane]?[text, default: 0] += 1
      }
    }
    var shown: [String: Int] = [:]
    for message in decode(.codex, all).flatMap({ $0 }).compactMap(\.message) where !message.hidden {
      for text in message.blocks.texts.compactMap(\.string) { shown[text, default: 0] += 1 }
    }
    for text in Set(lanes.values.flatMap(\.keys)) where text != "[trimmed for fixture]" {
      let most = max(lanes["item"]?[text] ?? 0, lanes["event"]?[text] ?? 0)
      #expect(shown[text] == most, "\(name): \(text.prefix(60))")
    }
  }

  @Test("Gemini documents of all shapes", .enabled(if: Samples.folder != nil))
  func geminiDocuments() throws {
    let files = Samples.files(under: "gemini", ".json")
    #expect(files.count >= 8)
    for path in files {
      let bytes = try #require(Samples.read(path))
      let json = try #require(JSONSlice(validating: bytes))
      let document = try #require(GeminiDocument(document: json))
      let events = decode(.gemini, document.records)
      #expect(events.allSatisfy { !$0.isEmpty }, "\(path)")
    }
  }

  @Test("What a generated Gemini log shows in the end is its list of messages", arguments: 1...6)
  func geminiModel(seed: Int) throws {
    guard let log = Samples.generate("gen --format gemini --seed \(seed) --lines 400 --max-line 4000") else {
      return
    }
    let all = records(of: log)
    var shown: [Message] = []
    for event in decode(.gemini, all).flatMap({ $0 }) {
      switch event {
      case .message(let message): shown.append(message)
      case .update(let update):
        let index = try #require(shown.lastIndex { $0.uuid == update.uuid })
        shown[index] = update.message
      case .retract(let retract):
        if let index = shown.firstIndex(where: { $0.uuid == retract.from }) { shown.removeSubrange(index...) }
      default: break
      }
    }
    let wanted = listOfMessages(all).flatMap { json in
      decode(.gemini, [Record(json: json, start: 0, end: 1)])[0].compactMap(\.message)
    }
    #expect(shown.map(\.text) == wanted.map(\.text))
    #expect(wanted.count > 5)
  }

  /// What Gemini itself would hold after reading its log.
  private func listOfMessages(_ all: [Record]) -> [JSONSlice] {
    var list: [JSONSlice] = []
    func position(_ id: JSONSlice?) -> Int? { list.firstIndex { $0["id"]?.string == id?.string } }
    for json in all.map(\.json) {
      if let id = json["$rewindTo"] {
        list.removeSubrange((position(id) ?? 0)...)
      } else if let messages = json["$set"]?["messages"] {
        list = messages.elements
      } else if json["id"] != nil {
        if let index = position(json["id"]) { list[index] = json } else { list.append(json) }
      }
    }
    return list
  }
}
