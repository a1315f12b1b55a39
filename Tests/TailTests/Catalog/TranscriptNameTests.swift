import Testing

@testable import Tail

@Suite("Transcript names")
struct TranscriptNameTests {
  private struct Case: CustomTestStringConvertible {
    var agent: AgentKind
    var path: String
    var id: String?
    var parent: String?
    var isDocument = false
    var testDescription: String { "\(agent): \(path)" }
  }

  private static let uuid = "0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"

  private static let cases: [Case] = [
    Case(agent: .claude, path: "-home-u-p/\(uuid).jsonl", id: uuid),
    Case(agent: .claude, path: "-home-u-p/agent-7f.jsonl", id: "agent-7f"),
    Case(agent: .claude, path: "-home-u-p/\(uuid)/subagents/agent-7f.jsonl", id: "agent-7f", parent: uuid),
    Case(
      agent: .claude, path: "-home-u-p/\(uuid)/subagents/workflows/run1/agent-8.jsonl", id: "agent-8",
      parent: uuid),
    Case(agent: .claude, path: "-home-u-p/\(uuid)/subagents/workflows/run1/journal.jsonl"),
    Case(agent: .claude, path: "-home-u-p/\(uuid)/subagents/agent-7f.meta.json"),
    Case(agent: .claude, path: "-home-u-p/\(uuid)/tool-results/x.txt"),
    Case(agent: .claude, path: "-home-u-p/.hidden.jsonl"),
    Case(agent: .claude, path: "-home-u-p/.jsonl"),
    Case(agent: .codex, path: "2026/01/31/rollout-2026-01-31T10-11-12-\(uuid).jsonl", id: uuid),
    Case(agent: .codex, path: "2026/01/31/rollout-short.jsonl", id: "rollout-short"),
    Case(agent: .codex, path: "2026/01/31/rollout-2026-01-31T10-11-12-\(uuid).jsonl.zst"),
    Case(
      agent: .gemini, path: "proj/chats/session-2026-01-31T10-11-abcdef01.json",
      id: "session-2026-01-31T10-11-abcdef01", isDocument: true),
    Case(
      agent: .gemini, path: "proj/chats/session-2026-01-31T10-11-abcdef01.jsonl",
      id: "session-2026-01-31T10-11-abcdef01"),
    Case(agent: .gemini, path: "proj/chats/\(uuid)/child-1.jsonl", id: "child-1", parent: uuid),
    Case(agent: .gemini, path: "proj/logs.json"),
    Case(agent: .gemini, path: "proj/chats/session-1.json.unreadable-123"),
    Case(agent: .copilot, path: "\(uuid)/events.jsonl", id: uuid),
    Case(agent: .copilot, path: "\(uuid).jsonl", id: uuid),
    Case(agent: .cursor, path: "slug/agent-transcripts/c1/c1.jsonl", id: "c1"),
    Case(agent: .cursor, path: "slug/agent-transcripts/c1/subagents/s1.jsonl", id: "s1", parent: "c1"),
    Case(agent: .jsonl, path: "any where/log é.1.jsonl", id: "log----1"),
    Case(agent: .jsonl, path: "notes.json"),
    Case(agent: .jsonl, path: "notes.txt"),
  ]

  @Test("Each agent's layout gives the session's id, and nothing else is a session", arguments: cases)
  private func layouts(layout: Case) {
    let root = Root(agent: layout.agent, directory: "/r/x/")
    let name = TranscriptName(path: "/r/x/" + layout.path, root: root)
    #expect(name?.id == layout.id)
    #expect(name?.parent == layout.parent)
    #expect(name?.isDocument ?? false == layout.isDocument)
  }

  @Test("A path beside the root is not below it")
  func beside() {
    let root = Root(agent: .jsonl, directory: "/r/x")
    #expect(TranscriptName(path: "/r/xy/a.jsonl", root: root) == nil)
    #expect(TranscriptName(path: "/r/x", root: root) == nil)
  }

  @Test("Ids are legal in routes, and a second file of one id has its own, the same every time")
  func legal() {
    let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
    for text in ["a/b", "é", String(repeating: "x", count: 300), "..", "a b\n", "ok_-9"] {
      let id = TranscriptName.legal(text)
      #expect(id.allSatisfy { allowed.contains($0) } && (1...128).contains(id.count))
      let one = TranscriptName.distinct(id, path: "/a/1.jsonl")
      let other = TranscriptName.distinct(id, path: "/a/2.jsonl")
      #expect(one != other && one != id && (1...128).contains(one.count))
      #expect(one == TranscriptName.distinct(id, path: "/a/1.jsonl"))
      #expect(one.allSatisfy { allowed.contains($0) })
    }
    #expect(TranscriptName.legal("ok_-9") == "ok_-9")
  }
}
