import Reactor
import Testing
import Wire

@testable import Tail

@Suite("A server that starts again")
struct RestartTests {
  private let folder = TemporaryFolder()
  private let user = #"{"type":"user","uuid":"u","timestamp":"2026-01-31T10:00:00.000Z","cwd":"/w","#

  /// Runs a server until everything is read, and gives its entries.
  private func run(
    agent: AgentKind = .jsonl, _ body: (RunningTail) async throws -> Void = { _ in }
  ) async throws -> [String: SessionEntry] {
    var entries: [String: SessionEntry] = [:]
    try await withTail(folder, agent: agent) { tail in
      try await body(tail)
      await tail.eventually("not read for the listing") {
        await tail.engine.entries().allSatisfy { $0.summarised == $0.facts || $0.status == .closed }
      }
      entries = Dictionary(uniqueKeysWithValues: await tail.engine.entries().map { ($0.id, $0) })
    }
    return entries
  }

  @Test("Sessions come back as they were, without their files being read, and keep their epochs")
  func restored() async throws {
    folder.makeFolder("root")
    folder.append(user + "\"message\":{\"role\":\"user\",\"content\":\"hello there\"}}\n", to: "root/s.jsonl")
    folder.append("{}\n", to: "root/t.jsonl")
    let before = try await run(agent: .claude) { tail in
      _ = try await tail.engine.watch("t")
      folder.append("{}\n", to: "root/t.jsonl")
      await tail.expect("t", ["{}"])
    }
    #expect(before["s"]?.summary.firstPrompt == "hello there")
    try await withTail(folder, agent: .claude) { tail in
      #expect(await tail.engine.surveying.isEmpty)
      for (id, old) in before {
        let entry = try #require(await tail.engine.entry(id))
        #expect(entry.epoch == old.epoch && entry.epoch != nil)
        #expect(entry.summary.firstPrompt == old.summary.firstPrompt && entry.summary.cwd == old.summary.cwd)
        #expect(entry.status == old.status && entry.summarised == entry.facts)
        let facts = try await tail.engine.watch(id)
        #expect(facts.epoch == old.epoch && facts.head == entry.facts.size)
      }
    }
  }

  @Test("A file that only grew meanwhile keeps its epoch")
  func grown() async throws {
    folder.makeFolder("root")
    folder.append("{\"n\":1}\n", to: "root/s.jsonl")
    let before = try await run()
    folder.append("{\"n\":2}\n", to: "root/s.jsonl")
    let after = try await run { tail in
      let facts = try await tail.engine.watch("s")
      #expect(facts.head == 16)
    }
    #expect(after["s"]?.epoch == before["s"]?.epoch)
  }

  @Test(
    "A file that lost what was read of it meanwhile has another epoch, and the change is told",
    arguments: ["", "{\"n\":1}\n", "{\"n\":1}\n{\"n\":3}\n{\"n\":4}\n", "{\"x\":1}\n{\"n\":2}\n{\"n\":3}\n"])
  func replaced(content: String) async throws {
    folder.makeFolder("root")
    folder.append("{\"n\":1}\n{\"n\":2}\n", to: "root/s.jsonl")
    let before = try await run()
    folder.rewrite("root/s.jsonl", content)
    _ = try await run { tail in
      await tail.eventually("not told") { await tail.told.kinds("s").contains("replaced replaced") }
      var facts = try await tail.engine.watch("s")
      if content.isEmpty {
        #expect(facts.epoch == nil && facts.head == 0)
        folder.append("{\"n\":1}\n", to: "root/s.jsonl")
        await tail.expect("s", ["{\"n\":1}"])
        facts = try await tail.engine.facts("s")
      }
      #expect(facts.epoch != before["s"]?.epoch && facts.epoch != nil)
      let row = try await tail.store.identity(path: folder.file("root/s.jsonl"))
      #expect(row?.incarnation == 1 && row?.epoch == facts.epoch?.value)
    }
  }

  @Test("A truncated file that was moved meanwhile does not get back the epoch that it had before")
  func movedAndTruncated() async throws {
    folder.makeFolder("root/a")
    folder.makeFolder("root/b")
    folder.append("{\"n\":1}\n{\"n\":2}\n", to: "root/a/s.jsonl")
    var epochs: Set<Epoch?> = [try await run()["s"]?.epoch]
    folder.rewrite("root/a/s.jsonl", "{\"n\":1}\n{\"n\":3}\n")
    epochs.insert(try await run()["s"]?.epoch)
    #expect(epochs.count == 2)
    folder.rename("root/a/s.jsonl", to: "root/b/s.jsonl")
    #expect(epochs.contains(try await run()["s"]?.epoch))
    folder.append("{\"n\":4}\n", to: "root/b/s.jsonl")
    folder.rename("root/b/s.jsonl", to: "root/a/s2.jsonl")
    folder.truncate("root/a/s2.jsonl", to: 8)
    #expect(!epochs.contains(try await run()["s2"]?.epoch))
  }

  @Test("A transcript that was deleted meanwhile is told as closed, once; one that came back is open again")
  func deleted() async throws {
    folder.makeFolder("root")
    folder.append("{\"n\":1}\n", to: "root/s.jsonl")
    folder.append("{\"n\":1}\n", to: "root/t.jsonl")
    _ = try await run()
    folder.remove("root/s.jsonl")
    folder.rename("root/t.jsonl", to: "t.kept")
    _ = try await run { tail in
      #expect(await tail.told.kinds("s") == ["closed"])
      #expect(await tail.engine.entry("s")?.status == .closed)
    }
    folder.rename("t.kept", to: "root/t.jsonl")
    let entries = try await run { tail in
      await tail.eventually("not open") { await tail.engine.entry("t")?.status == .idle }
      #expect(await tail.told.kinds("s").isEmpty)
    }
    #expect(entries["s"] == nil && entries["t"] != nil)
  }

  @Test("A turn that was open when the server stopped does not stay active for ever")
  func activeTurn() async throws {
    folder.makeFolder("root")
    let line = user + "\"message\":{\"role\":\"user\",\"content\":\"x\"}}\n"
    folder.append(line, to: "root/s.jsonl")
    try await withTail(folder, agent: .claude) { tail in
      await tail.eventually("not active") { await tail.engine.entry("s")?.status == .active }
    }
    var limits = TailLimits.quiet
    limits.activeWindow = .zero
    try await withTail(folder, agent: .claude, limits: limits) { tail in
      await tail.eventually("active for ever") { await tail.engine.entry("s")?.status == .idle }
    }
  }
}
