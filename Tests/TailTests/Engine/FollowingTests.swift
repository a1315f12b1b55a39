import Reactor
import Store
import TestSupport
import Testing
import Wire

@testable import Tail

@Suite("Following transcripts live")
struct FollowingTests {
  private let folder = TemporaryFolder()

  @Test("A watcher gets what follows its position, whole and in order, until it leaves")
  func live() async throws {
    folder.makeFolder("root")
    folder.append("{\"n\":0}\n", to: "root/s.jsonl")
    try await withTail(folder) { tail in
      let facts = try await tail.engine.watch("s")
      #expect(facts.head == 8 && facts.epoch != nil)
      let texts = (1...500).map { "{\"n\":\($0)}" }
      for text in texts { folder.append(text + "\n", to: "root/s.jsonl") }
      await tail.expect("s", texts)
      let stretch = try #require(await tail.told.stretches("s").first)
      #expect(stretch.base == 8 && stretch.epoch == facts.epoch)
      // Two watchers are one reading; the last one to go ends it.
      _ = try await tail.engine.watch("s")
      await tail.engine.unwatch("s")
      #expect(await tail.engine.health().followed == 1)
      await tail.engine.unwatch("s")
      #expect(await tail.engine.health().followed == 0)
      await #expect(throws: TailError.unknownSession) { try await tail.engine.watch("nobody") }
    }
  }

  @Test(
    "Whoever asks for a session knows of what its watchers have, and its growth is told by and by, to the last byte"
  )
  func growth() async throws {
    folder.makeFolder("root")
    folder.append("{\"n\":0}\n", to: "root/s.jsonl")
    try await withTail(folder) { tail in
      _ = try await tail.engine.watch("s")
      var texts: [String] = []
      var size: UInt64 = 8
      for number in 1...40 {
        texts.append("{\"n\":\(number)}")
        folder.append(texts[texts.count - 1] + "\n", to: "root/s.jsonl")
        size += UInt64(texts[texts.count - 1].utf8.count + 1)
        await tail.expect("s", texts)
        #expect(await tail.engine.entry("s")?.facts.size == size)
      }
      let last = size
      await tail.eventually("growth was not told") {
        await tail.told.read { news in
          news.contains { if case .appended(let entry) = $0 { entry.facts.size == last } else { false } }
        }
      }
      // Nobody watches any more, and it grows on.
      folder.append("{\"last\":1}\n", to: "root/s.jsonl")
      await tail.expect("s", texts + ["{\"last\":1}"])
      await tail.engine.unwatch("s")
      #expect(await tail.engine.entry("s")?.facts.size == last + 11)
      folder.append("{\"more\":1}\n", to: "root/s.jsonl")
      await tail.eventually("growth was not told") { await tail.engine.entry("s")?.facts.size == last + 22 }
    }
  }

  @Test(
    "A transcript that is deleted right after a line was written to it stays closed, and is active when it comes back"
  )
  func growthBeforeDeletion() async throws {
    folder.makeFolder("root")
    folder.append("{\"n\":0}\n", to: "root/s.jsonl")
    try await withTail(folder) { tail in
      _ = try await tail.engine.watch("s")
      for number in 1...5 {
        // The first line is told of at once, the second one waits for the next telling, and is known to watchers.
        for text in ["first", "second"] {
          folder.append("{\"\(text)\":\(number)}\n", to: "root/s.jsonl")
          await tail.eventually("not followed") {
            await tail.told.stretches("s").last?.texts.last == "{\"\(text)\":\(number)}"
          }
        }
        folder.remove("root/s.jsonl")
        // Asked for by its news: to ask the engine would have it take note of growth first.
        await tail.eventually("not closed") {
          await tail.told.read { news in
            news.filter { if case .closed = $0 { true } else { false } }.count == number
          }
        }
        await tail.engine.tellGrowth()
        #expect(await tail.engine.entry("s")?.status == .closed)
        folder.append("{\"n\":0}\n", to: "root/s.jsonl")
        await tail.eventually("not back") { await tail.engine.entry("s")?.status != .closed }
      }
    }
  }

  @Test("A new transcript is watched from its first byte, with an epoch from its first line on")
  func fromNothing() async throws {
    try await withTail(folder) { tail in
      folder.append("{\"n\":", to: "root/s.jsonl")
      await tail.eventually("not found") { await tail.engine.entry("s") != nil }
      let facts = try await tail.engine.watch("s")
      #expect(facts.epoch == nil && facts.head == 0)
      folder.append("1}\n{\"n\":2}\n", to: "root/s.jsonl")
      await tail.expect("s", ["{\"n\":1}", "{\"n\":2}"])
      let stretch = try #require(await tail.told.stretches("s").last)
      #expect(stretch.restart == nil)
      // The identity was durable before it was told.
      let row = try await tail.store.identity(path: folder.file("root/s.jsonl"))
      #expect(row?.epoch == stretch.epoch?.value && row?.incarnation == 0)
    }
  }

  @Test("Truncation, replacement, deletion and return are told, each once")
  func restarts() async throws {
    folder.makeFolder("root")
    folder.append("{\"n\":1}\n{\"n\":2}\n", to: "root/s.jsonl")
    try await withTail(folder) { tail in
      _ = try await tail.engine.watch("s")
      folder.rewrite("root/s.jsonl", "{\"a\":1}\n")
      await tail.expect("s", ["{\"a\":1}"])
      folder.replace("root/s.jsonl", with: "{\"b\":1}\n{\"b\":2}\n")
      await tail.expect("s", ["{\"b\":1}", "{\"b\":2}"])
      folder.remove("root/s.jsonl")
      await tail.eventually("not closed") { await tail.engine.entry("s")?.status == .closed }
      folder.replace("root/s.jsonl", with: "{\"b\":1}\n{\"b\":2}\n{\"b\":3}\n")
      await tail.expect("s", ["{\"b\":1}", "{\"b\":2}", "{\"b\":3}"])
      let stretches = await tail.told.stretches("s")
      #expect(stretches.map(\.restart) == [.truncated, .replaced])
      #expect(await tail.told.kinds("s").filter { $0.hasPrefix("replaced") }.count == 2)
      let row = try await tail.store.identity(path: folder.file("root/s.jsonl"))
      #expect(row?.incarnation == 2)
    }
  }

  @Test("A raised incarnation is not lost to an older row that waited to be stored")
  func pendingRow() async throws {
    folder.makeFolder("root")
    folder.append("{\"n\":1}\n", to: "root/s.jsonl")
    try await withTail(folder) { tail in
      _ = try await tail.engine.watch("s")
      folder.append("{\"n\":2}\n", to: "root/s.jsonl")
      await tail.expect("s", ["{\"n\":2}"])
      await tail.engine.unwatch("s")
      folder.rewrite("root/s.jsonl", "{\"n\":1}\n{\"other\":2}\n")
      let facts = try await tail.engine.watch("s")
      await tail.engine.saveIdentities()
      let row = try await tail.store.identity(path: folder.file("root/s.jsonl"))
      #expect(row?.epoch == facts.epoch?.value && row?.incarnation == 1)
    }
  }

  @Test("Lines of a writer and its rewrites arrive as the model says, turn after turn")
  func random() async throws {
    let seed = testSeed()
    folder.makeFolder("root")
    folder.append("{}\n", to: "root/s.jsonl")
    try await withTail(folder) { tail in
      var random = SeededGenerator(seed: seed)
      var source = RecordSource()
      let path = folder.file("root/s.jsonl")
      _ = try await tail.engine.watch("s")
      for round in 0..<testRounds(20) {
        var file = WrittenFile(path, source.lines(random.upTo(1...4), &random))
        for _ in 0..<100 {
          switch random.upTo(1...40) {
          case 1: file.truncate(to: file.bytes.count / 2)
          case 2: file.truncate(to: 0)
          case 3: file = WrittenFile(path, source.lines(random.upTo(1...3), &random))
          case 4: file = WrittenFile(path, file.bytes + source.lines(1, &random))
          default:
            let bytes = file.rest + source.lines(random.upTo(0...3), &random)
            let cut = random.upTo(0...bytes.count)
            file.rest = Array(bytes[cut...])
            file.append(Array(bytes[..<cut]))
          }
        }
        file.append(file.rest + [0x0A])
        let whole = wholeLines(of: file.bytes, limit: TailLimits().maxRecordBytes)
        await tail.eventually("round \(round): the content never arrived, TAILCAST_SEED=\(seed)") {
          guard let last = await tail.told.stretches("s").last else { return false }
          return last.lines == whole.filter { $0.start >= last.base }
        }
      }
    }
  }

  @Test("A link's target is watched, also after the link is turned or its target replaced")
  func links() async throws {
    folder.makeFolder("root")
    folder.makeFolder("far")
    folder.append("{\"n\":1}\n", to: "far/a")
    folder.symlink("../far/a", at: "root/s.jsonl")
    folder.append("{\"h\":1}\n", to: "far/h")
    folder.link("far/h", to: "root/h.jsonl")
    try await withTail(folder) { tail in
      _ = try await tail.engine.watch("s")
      _ = try await tail.engine.watch("h")
      folder.append("{\"n\":2}\n", to: "far/a")
      await tail.expect("s", ["{\"n\":2}"])
      folder.append("{\"h\":2}\n", to: "far/h")
      await tail.expect("h", ["{\"h\":2}"])
      folder.append("{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n", to: "far/b")
      folder.remove("root/s.jsonl")
      folder.symlink("../far/b", at: "root/s.jsonl")
      await tail.expect("s", ["{\"n\":2}", "{\"n\":3}"])
      folder.append("{\"n\":4}\n", to: "far/b")
      await tail.expect("s", ["{\"n\":2}", "{\"n\":3}", "{\"n\":4}"])
      folder.replace("far/b", with: "{\"x\":1}\n")
      await tail.expect("s", ["{\"x\":1}"])
      folder.append("{\"x\":2}\n", to: "far/b")
      await tail.expect("s", ["{\"x\":1}", "{\"x\":2}"])
    }
  }

  @Test(
    "A file that becomes a hard link while it is watched is followed under its other name once it is listed")
  func becomesLink() async throws {
    folder.makeFolder("root")
    folder.makeFolder("far")
    folder.append("{\"n\":1}\n", to: "root/s.jsonl")
    // A new name elsewhere gives no event in the directory of the old one.
    var limits = TailLimits.quiet
    limits.reconcileInterval = .milliseconds(20)
    try await withTail(folder, limits: limits) { tail in
      _ = try await tail.engine.watch("s")
      folder.link("root/s.jsonl", to: "far/s")
      await tail.eventually("links not seen") { await tail.engine.entry("s")?.facts.links == 2 }
      #expect(await tail.engine.health().watches == 2)
      folder.append("{\"n\":2}\n", to: "far/s")
      await tail.expect("s", ["{\"n\":2}"])
      await tail.engine.unwatch("s")
      #expect(await tail.engine.health().watches == 1)
    }
  }

  @Test("A transcript that may not be read is listed as unreadable with the reason, and read when it may be")
  func unreadable() async throws {
    folder.mode(".", 0o755)
    folder.makeFolder("root")
    folder.mode("root", 0o755)
    folder.append("{\"n\":1}\n", to: "root/s.jsonl")
    folder.mode("root/s.jsonl", 0o600)
    guard asNobody({}) else {
      print("unreadable: skipped, only root can become another user here")
      return
    }
    try await withTail(folder, prepare: { $0.archive.post { _ = setFileUser(65_534) } }) { tail in
      await tail.eventually("not unreadable") { await tail.engine.entry("s")?.status == .unreadable }
      #expect(await tail.engine.entry("s")?.reason == "open: Permission denied")
      await #expect(throws: TailError.unreadable("open: Permission denied")) {
        try await tail.engine.watch("s")
      }
      folder.mode("root/s.jsonl", 0o644)
      await tail.eventually("not readable again") { await tail.engine.entry("s")?.status == .idle }
      #expect(await tail.engine.entry("s")?.reason == nil)
      _ = try await tail.engine.watch("s")
    }
  }
}
