import Reactor
import Testing

@testable import Tail

@Suite("Finding transcripts")
struct DiscoveryTests {
  private let folder = TemporaryFolder()

  @Test("What is there at the start is in the catalog when the start is complete")
  func atStart() async throws {
    folder.makeFolder("root/a/b/c")
    folder.append("{}\n", to: "root/one.jsonl")
    folder.append("{}\n", to: "root/a/b/c/two.jsonl")
    folder.append("{}\n", to: "root/a/b/c/three.txt")
    try await withTail(folder) { tail in
      #expect(Set(await tail.engine.entries().map(\.id)) == ["one", "two"])
      let health = await tail.engine.health()
      #expect(health.isReady && health.mode == .inotify && health.pollReason == nil)
      #expect(health.files == 2 && health.watches == 4 && health.polledDirectories == 0)
      #expect(await tail.told.kinds("one").isEmpty, "known at the start, not created")
      await tail.eventually("never read for the listing") {
        await tail.engine.entries().allSatisfy { $0.summarised != nil && $0.epoch != nil }
      }
    }
  }

  @Test("Directories made at once with their files are found without a poll")
  func nested() async throws {
    try await withTail(folder) { tail in
      for index in 0..<30 {
        folder.makeFolder("root/p\(index)/x/y/z")
        folder.append("{}\n", to: "root/p\(index)/top\(index).jsonl")
        folder.append("{}\n", to: "root/p\(index)/x/y/z/deep\(index).jsonl")
      }
      await tail.eventually("not all found") { await tail.engine.entries().count == 60 }
      for index in 0..<30 {
        #expect(await tail.told.kinds("deep\(index)").filter { $0 == "created" }.count == 1)
      }
      // The new directories are watched, not only listed.
      folder.append("{}\n", to: "root/p7/x/y/z/later.jsonl")
      await tail.eventually("the new directory is not watched") { await tail.engine.entry("later") != nil }
    }
  }

  @Test("A file that gets its name by a link or a rename is found")
  func byName() async throws {
    try await withTail(folder) { tail in
      folder.append("{}\n", to: "root/a.tmp")
      folder.link("root/a.tmp", to: "root/linked.jsonl")
      folder.append("{}\n", to: "root/b.tmp")
      folder.rename("root/b.tmp", to: "root/renamed.jsonl")
      folder.symlink("a.tmp", at: "root/symbolic.jsonl")
      folder.symlink("nowhere", at: "root/dangling.jsonl")
      await tail.eventually("not all found") { await tail.engine.entries().count == 3 }
      #expect(Set(await tail.engine.entries().map(\.id)) == ["linked", "renamed", "symbolic"])
    }
  }

  @Test("A directory that is removed closes its sessions; made again, it is watched again")
  func removedDirectory() async throws {
    folder.makeFolder("root/p/q")
    folder.append("{}\n", to: "root/p/q/s.jsonl")
    try await withTail(folder) { tail in
      for round in 0..<5 {
        folder.removeFolder("root/p")
        await tail.eventually("not closed") { await tail.engine.entry("s")?.status == .closed }
        folder.makeFolder("root/p/q")
        folder.append("{\"round\":\(round)}\n", to: "root/p/q/s.jsonl")
        await tail.eventually("not back") { await tail.engine.entry("s")?.status == .idle }
        folder.append("{}\n", to: "root/p/q/n\(round).jsonl")
        await tail.eventually("not watched again") { await tail.engine.entry("n\(round)") != nil }
      }
    }
  }

  @Test("A renamed directory: its sessions keep their ids, and who watches one misses nothing")
  func renamedDirectory() async throws {
    folder.makeFolder("root/old/in")
    folder.append("{\"n\":1}\n", to: "root/old/in/s.jsonl")
    try await withTail(folder) { tail in
      _ = try await tail.engine.watch("s")
      folder.append("{\"n\":2}\n", to: "root/old/in/s.jsonl")
      folder.rename("root/old", to: "root/new")
      folder.append("{\"n\":3}\n", to: "root/new/in/s.jsonl")
      await tail.expect("s", ["{\"n\":2}", "{\"n\":3}"])
      folder.append("{\"n\":4}\n", to: "root/new/in/s.jsonl")
      await tail.expect("s", ["{\"n\":2}", "{\"n\":3}", "{\"n\":4}"])
      #expect(await tail.engine.entry("s")?.path == folder.file("root/new/in/s.jsonl"))
      #expect(await tail.told.stretches("s").count == 1)
      await tail.eventually("not open again") { await tail.engine.entry("s")?.status == .idle }
    }
  }

  @Test("A root that is not there yet is found when it is made, one that goes is found again")
  func absentRoot() async throws {
    var limits = TailLimits.quiet
    limits.pollInterval = .milliseconds(20)
    let root = Root(agent: .jsonl, directory: folder.file("later/root"))
    let tail = try await RunningTail([root], database: folder.file("test.db"), limits: limits)
    await tail.engine.start()
    #expect(await tail.engine.health().files == 0)
    for round in 0..<3 {
      folder.makeFolder("later/root")
      folder.append("{}\n", to: "later/root/s\(round).jsonl")
      await tail.eventually("the root was not found") { await tail.engine.entry("s\(round)") != nil }
      folder.append("{}\n", to: "later/root/t\(round).jsonl")
      await tail.eventually("the root is not watched") { await tail.engine.entry("t\(round)") != nil }
      folder.removeFolder("later/root")
      await tail.eventually("not closed") { await tail.engine.entry("t\(round)")?.status == .closed }
    }
    await tail.stop()
  }

  @Test("Two transcripts of one id are two sessions, and stay the same two")
  func sameID() async throws {
    folder.makeFolder("root/a")
    folder.makeFolder("root/b")
    folder.append("{\"a\":1}\n", to: "root/a/s.jsonl")
    folder.append("{\"b\":1}\n", to: "root/b/s.jsonl")
    var paths: [[String: String]] = []
    for _ in 0..<2 {
      try await withTail(folder) { tail in
        let entries = await tail.engine.entries()
        paths.append(Dictionary(uniqueKeysWithValues: entries.map { ($0.id, $0.path) }))
      }
    }
    #expect(paths[0].count == 2)
  }

  @Test("A directory under two names tells both of its changes")
  func twoNames() async throws {
    folder.makeFolder("elsewhere")
    folder.append("{}\n", to: "elsewhere/s.jsonl")
    folder.makeFolder("root")
    folder.symlink("../elsewhere", at: "root/one")
    folder.symlink("../elsewhere", at: "root/two")
    try await withTail(folder) { tail in
      let ids = await tail.engine.entries().map(\.id)
      try #require(ids.count == 2)
      for id in ids { _ = try await tail.engine.watch(id) }
      folder.append("{\"n\":2}\n", to: "elsewhere/s.jsonl")
      for id in ids { await tail.expect(id, ["{\"n\":2}"]) }
      folder.append("{}\n", to: "elsewhere/t.jsonl")
      await tail.eventually("not found under both names") { await tail.engine.entries().count == 4 }
    }
  }

  @Test("Gemini: a file is a session once it holds its id; at a start no session is new")
  func gemini() async throws {
    folder.makeFolder("root/p/chats")
    let one = "root/p/chats/session-2026-01-31T10-11-aaaaaaaa.jsonl"
    folder.append("{\"sessionId\":\"id-one\"}\n", to: one)
    try await withTail(folder, agent: .gemini) { tail in
      #expect(await tail.engine.entries().map(\.id) == ["id-one"])
      #expect(await tail.told.kinds("id-one").isEmpty)
      let two = "root/p/chats/session-2026-01-31T10-12-bbbbbbbb.jsonl"
      folder.append("{\"sess", to: two)
      folder.append("ionId\":\"id-two\"}\n", to: two)
      await tail.eventually("not found") { await tail.engine.entry("id-two") != nil }
      #expect(await tail.engine.entries().count == 2)
    }
  }
}
