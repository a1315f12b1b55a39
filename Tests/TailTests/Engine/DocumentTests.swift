import Dispatch
import Reactor
import Testing
import Wire

@testable import Tail

@Suite("Transcripts that are one document")
struct DocumentTests {
  private let folder = TemporaryFolder()
  private let file = "root/p/chats/session-2026-01-31T10-11-aaaaaaaa.json"

  private func document(session: String = "g1", _ messages: [(id: String, text: String)]) -> String {
    let list = messages.map { "{\"id\":\"\($0.id)\",\"type\":\"user\",\"content\":\"\($0.text)\"}" }
    return "{\"sessionId\":\"\(session)\",\"startTime\":\"2026-01-31T10:11:00Z\",\"messages\":["
      + list.joined(separator: ",\n") + "]}"
  }

  private func texts(_ tail: RunningTail) async -> [String] {
    await tail.told.read { news in
      news.flatMap { item -> [String] in
        guard case .batch(let batch) = item else { return [] }
        return (batch.restart.map { ["restart \($0)"] } ?? [])
          + batch.items.map { item in
            guard case .message(let json, let start, let end) = item else { return "no message" }
            return "\(json["id"]?.string ?? "") \(json["content"]?.string ?? "") \(start)-\(end)"
          }
      }
    }
  }

  private func expect(_ wanted: [String], _ tail: RunningTail) async {
    await tail.eventually("never had \(wanted)") { await self.texts(tail) == wanted }
    #expect(await texts(tail) == wanted)
  }

  @Test(
    "New messages come at their ordinals, changed ones at the head, and a half-written document is nothing")
  func live() async throws {
    folder.makeFolder("root/p/chats")
    folder.rewrite(file, document([("a", "1")]))
    try await withTail(folder, agent: .gemini) { tail in
      let facts = try await tail.engine.watch("g1")
      #expect(facts.isDocument && facts.head == 1 && facts.epoch != nil)
      folder.rewrite(file, document([("a", "1"), ("b", "2")]))
      await expect(["b 2 1-2"], tail)
      folder.rewrite(file, document([("a", "1+"), ("b", "2"), ("c", "3")]))
      await expect(["b 2 1-2", "a 1+ 2-2", "c 3 2-3"], tail)
      let whole = document([("a", "1+"), ("b", "2"), ("c", "3"), ("d", "4")])
      folder.rewrite(file, String(whole.prefix(whole.count / 2)))
      try await tail.engine.nudge(tail.engine.facts("g1"))
      folder.rewrite(file, "")
      try await tail.engine.nudge(tail.engine.facts("g1"))
      folder.rewrite(file, whole)
      await expect(["b 2 1-2", "a 1+ 2-2", "c 3 2-3", "d 4 3-4"], tail)
      let now = try await tail.engine.facts("g1")
      #expect(now.epoch == facts.epoch)
    }
  }

  @Test("A document that is half written when it is first watched begins when it is whole, in its epoch")
  func unfinished() async throws {
    folder.makeFolder("root/p/chats")
    let whole = document([("a", "1"), ("b", "2")])
    folder.rewrite(file, whole)
    try await withTail(folder, agent: .gemini) { tail in
      let before = try await tail.engine.facts("g1")
      folder.rewrite(file, String(whole.prefix(whole.count - 4)))
      let facts = try await tail.engine.watch("g1")
      #expect(facts.session == "g1" && facts.epoch == nil && facts.head == 0)
      await #expect(throws: TailError.self) { try await tail.engine.facts("g1") }
      folder.rewrite(file, whole)
      await expect(["a 1 0-1", "b 2 1-2"], tail)
      let first = await batches(tail).first
      #expect(first?.epoch == before.epoch && first?.restart == nil && first?.begins?.epoch == before.epoch)
      #expect(try await tail.engine.facts("g1").head == 2)
    }
  }

  @Test("Messages that are gone restart the document, in a new epoch that is stored before it is told")
  func restart() async throws {
    folder.makeFolder("root/p/chats")
    folder.rewrite(file, document([("a", "1"), ("b", "2")]))
    try await withTail(folder, agent: .gemini) { tail in
      let facts = try await tail.engine.watch("g1")
      // The reading that follows at once must not overtake the restart.
      folder.rewrite(file, document([("a", "1")]))
      try await tail.engine.nudge(tail.engine.facts("g1"))
      await tail.eventually("no restart") { await self.texts(tail).first == "restart replaced" }
      folder.rewrite(file, document([("a", "1"), ("x", "2")]))
      await expect(["restart replaced", "a 1 0-1", "x 2 1-2"], tail)
      let now = try await tail.engine.facts("g1")
      #expect(now.epoch != facts.epoch && now.head == 2)
      let row = try await tail.store.identity(path: folder.file(file))
      #expect(row?.incarnation == 1)
    }
  }

  @Test("A log that takes a document's place is told to those who watch the document, from its beginning")
  func superseded() async throws {
    folder.makeFolder("root/p/chats")
    folder.rewrite(file, document([("a", "1")]))
    try await withTail(folder, agent: .gemini) { tail in
      let facts = try await tail.engine.watch("g1")
      let log = "root/p/chats/session-2026-01-31T10-12-aaaaaaaa.jsonl"
      folder.rewrite(log, "{\"sessionId\":\"g1\"}\n{\"id\":\"a\",\"type\":\"user\",\"content\":\"1\"}\n")
      await tail.eventually("the watcher starves") {
        await self.batches(tail).contains { $0.begins != nil }
      }
      let first = await batches(tail).first { $0.begins != nil }
      #expect(first?.epoch != facts.epoch && first?.begins?.isDocument == false)
      #expect(first?.path == folder.file(log) && first?.items.first?.end == 19)
      folder.append("{\"id\":\"b\",\"type\":\"user\",\"content\":\"2\"}\n", to: log)
      await tail.eventually("no growth") { await self.batches(tail).last?.items.last?.end == 97 }
      let now = try await tail.engine.facts("g1")
      #expect(!now.isDocument && now.path == folder.file(log) && now.epoch == first?.epoch)
      #expect(try await tail.store.identity(path: folder.file(log))?.epoch == now.epoch?.value)
    }
  }

  private func batches(_ tail: RunningTail) async -> [TailBatch] {
    await tail.told.read { news in
      news.compactMap { if case .batch(let batch) = $0 { batch } else { nil } }
    }
  }

  @Test("A document is a session also when its id stands behind everything else")
  func lateID() async throws {
    folder.makeFolder("root/p/chats")
    let list = (0..<200).map { "{\"id\":\"m\($0)\",\"type\":\"user\",\"content\":\"some words\"}" }
    folder.rewrite(file, "{\"messages\":[" + list.joined(separator: ",") + "],\"sessionId\":\"late\"}")
    try await withTail(folder, agent: .gemini) { tail in
      let facts = try await tail.engine.watch("late")
      #expect(facts.isDocument && facts.head == 200)
    }
  }

  @Test("What is found while a restart is being stored is told after it")
  func overtaking() async throws {
    folder.makeFolder("root/p/chats")
    folder.rewrite(file, document([("a", "1"), ("b", "2")]))
    try await withTail(folder, agent: .gemini) { tail in
      _ = try await tail.engine.watch("g1")
      let held = DispatchSemaphore(value: 0)
      tail.storage.post { held.wait() }
      folder.replace(file, with: document([("a", "1")]))
      await tail.eventually("the restart is not seen") { await tail.engine.documentHead("g1") == 1 }
      folder.replace(file, with: document([("a", "1"), ("x", "2")]))
      try await tail.engine.nudge(tail.engine.facts("g1"))
      // Whatever was asked of the archive and of the loop has run after these rounds.
      for _ in 0..<10 {
        await withCheckedContinuation { done in tail.archive.post { done.resume() } }
        #expect(await texts(tail).isEmpty)
      }
      held.signal()
      await expect(["restart replaced", "a 1 0-1", "x 2 1-2"], tail)
    }
  }

  @Test("Restarts and growth in quick succession arrive in order")
  func quickly() async throws {
    folder.makeFolder("root/p/chats")
    folder.rewrite(file, document([("m0", "0")]))
    try await withTail(folder, agent: .gemini) { tail in
      _ = try await tail.engine.watch("g1")
      for round in 1...60 {
        let messages = (0...(round % 7)).map { (id: "m\(round / 7)-\($0)", text: "\($0)") }
        folder.replace(file, with: document(messages))
      }
      let last = (0...(60 % 7)).map { "m8-\($0) \($0) \($0)-\($0 + 1)" }
      await tail.eventually("the last state never came") {
        let all = await self.texts(tail)
        guard let restart = all.lastIndex(of: "restart replaced") else { return false }
        return Array(all[(restart + 1)...]) == last
      }
      let all = await texts(tail)
      let restart = try #require(all.lastIndex(of: "restart replaced"))
      #expect(Array(all[(restart + 1)...]) == last)
    }
  }

  @Test("A document changed while nobody ran keeps its epoch when it grew and not when messages went")
  func stopped() async throws {
    folder.makeFolder("root/p/chats")
    folder.rewrite(file, document([("a", "1"), ("b", "2")]))
    var epochs: [Epoch?] = []
    for messages in [["a", "b"], ["a", "b", "c"], ["a", "c"], ["a", "c"]] {
      folder.rewrite(file, document(messages.map { ($0, $0) }))
      try await withTail(folder, agent: .gemini) { tail in
        let facts = try await tail.engine.watch("g1")
        #expect(facts.head == UInt64(messages.count))
        epochs.append(facts.epoch)
      }
    }
    #expect(epochs[0] == epochs[1] && epochs[1] != epochs[2] && epochs[2] == epochs[3])
  }
}

extension TailEngine {
  /// Messages that the follower of a document knows, told or not.
  fileprivate func documentHead(_ session: String) -> UInt64? {
    guard case .document(let follower)? = followed[session]?.kind else { return nil }
    return follower.head
  }
}
