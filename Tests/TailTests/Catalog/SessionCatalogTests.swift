import Store
import Testing

@testable import Tail

@Suite("The catalog")
struct SessionCatalogTests {
  private func entry(_ id: String, _ path: String) -> SessionEntry {
    SessionEntry(
      id: id, agent: .claude, path: path, isDocument: false, parent: nil,
      facts: FileFacts(device: 1, inode: 2, size: 3, modifiedNS: 4), statusSinceMS: 5, firstSeenMS: 6)
  }

  @Test("A session is found by id, by path and by directory")
  func lookUp() {
    var catalog = SessionCatalog()
    catalog.put(entry("a", "/r/p/a.jsonl"))
    catalog.put(entry("b", "/r/p/q/b.jsonl"))
    catalog.put(entry("c", "/r/pp/c.jsonl"))
    #expect(catalog.count == 3)
    #expect(catalog["b"]?.path == "/r/p/q/b.jsonl")
    #expect(catalog.id(ofPath: "/r/p/a.jsonl") == "a")
    #expect(catalog.paths(in: "/r/p") == ["/r/p/a.jsonl"])
    #expect(Set(catalog.paths(below: "/r/p")) == ["/r/p/a.jsonl", "/r/p/q/b.jsonl"])
  }

  @Test("A session that moves leaves nothing at its old path")
  func moves() {
    var catalog = SessionCatalog()
    catalog.put(entry("a", "/r/p/a.jsonl"))
    catalog.put(entry("a", "/r/q/a.jsonl"))
    #expect(catalog.count == 1)
    #expect(catalog.id(ofPath: "/r/p/a.jsonl") == nil)
    #expect(catalog.paths(in: "/r/p").isEmpty)
    #expect(catalog.id(ofPath: "/r/q/a.jsonl") == "a")
    catalog.remove("a")
    catalog.remove("a")
    #expect(catalog.count == 0 && catalog.paths(below: "/r").isEmpty)
  }

  @Test("A change in place keeps the rest; a change of nothing is none")
  func changes() {
    var catalog = SessionCatalog()
    catalog.put(entry("a", "/r/a.jsonl"))
    catalog.change("a") { $0.reason = "x" }
    catalog.change("none") { $0.reason = "y" }
    #expect(catalog["a"]?.reason == "x" && catalog.count == 1)
  }

  @Test("An id that is taken goes to its own file and, once that is deleted, to another")
  func freeIDs() {
    var catalog = SessionCatalog()
    catalog.put(entry("a", "/r/1/a.jsonl"))
    #expect(catalog.freeID("a", path: "/r/1/a.jsonl") == "a")
    #expect(catalog.freeID("b", path: "/r/1/b.jsonl") == "b")
    let second = catalog.freeID("a", path: "/r/2/a.jsonl")
    #expect(second != "a" && second == catalog.freeID("a", path: "/r/2/a.jsonl"))
    catalog.change("a") { $0.status = .closed }
    #expect(catalog.freeID("a", path: "/r/2/a.jsonl") == "a")
  }

  @Test("A summary comes back from the store as it went")
  func savedSummary() throws {
    var summary = SessionSummary()
    summary.title = "Ttl \"é\"\n"
    summary.cwd = "/w"
    summary.lastTimestamp = "2026-01-31T10:11:12.345Z"
    summary.lastRole = .assistant
    summary.turnOpen = false
    summary.isSidechain = true
    let back = try #require(SessionSummary(saved: summary.saved()))
    #expect(back == summary)
    let usage = ModelUsage(
      model: "m", calls: 2,
      tokens: TokenUsage(input: 1, output: 2, cacheRead: 3, cacheCreation: 4, reasoning: 5))
    var entry = entry("a", "/r/a.jsonl")
    entry.summary = summary
    entry.counts = SessionCounts(messages: 1, turns: 1, usage: [usage])
    #expect(SessionEntry(SessionRow(entry))?.counts == entry.counts)
    var older = SessionRow(entry)
    older.summary = summary.saved()
    #expect(SessionEntry(older)?.counts == nil, "what was counted before tokens were")
    #expect(SessionSummary(saved: Array("{".utf8)) == nil)
    #expect(SessionSummary(saved: SessionSummary().saved()) == SessionSummary())
  }
}
