import Reactor
import Testing
import Wire

@testable import Tail

@Suite("Sessions that are bound to their files")
struct BindingTests {
  private let folder = TemporaryFolder()

  @Test("An expected session is listed, has no position, and begins when its file appears")
  func expected() async throws {
    try await withTail(folder) { tail in
      try await tail.engine.expect(id: "own", agent: .jsonl, cwd: "/w", nativeID: "n1")
      let entry = try #require(await tail.engine.entry("own"))
      #expect(entry.files.isEmpty && entry.nativeID == "n1" && entry.summary.cwd == "/w")
      let facts = try await tail.engine.watch("n1")
      #expect(facts.session == "own" && facts.epoch == nil && facts.head == 0)

      folder.append("{\"n\":1}\n{\"n\":2}\n", to: "root/n1.jsonl")
      await tail.expect("own", [#"{"n":1}"#, #"{"n":2}"#])
      folder.append("{\"n\":3}\n", to: "root/n1.jsonl")
      await tail.expect("own", [#"{"n":1}"#, #"{"n":2}"#, #"{"n":3}"#])
      #expect(await tail.told.kinds("n1").isEmpty)
      #expect(await tail.engine.entry("n1")?.id == "own")
      #expect(await tail.engine.entries().count == 1)
    }
  }

  @Test("An agent that is given our id writes one session's file")
  func sameID() async throws {
    try await withTail(folder) { tail in
      try await tail.engine.expect(id: "own", agent: .jsonl, cwd: "/w", nativeID: "own")
      #expect(await tail.engine.entry("own")?.nativeID == "own")
      _ = try await tail.engine.watch("own")
      folder.append("{\"n\":1}\n", to: "root/own.jsonl")
      await tail.expect("own", [#"{"n":1}"#])
      #expect(await tail.engine.entries().count == 1)
    }
  }

  @Test("A session that was listed under the agent's id is another one's file from then on")
  func absorbed() async throws {
    try await withTail(folder) { tail in
      folder.append("{\"n\":1}\n", to: "root/n1.jsonl")
      await tail.eventually("never listed") { await tail.engine.entry("n1") != nil }
      let before = try await tail.engine.watch("n1")
      #expect(before.session == "n1" && before.head == 8)
      try await tail.engine.expect(id: "own", agent: .jsonl, cwd: nil, nativeID: nil)
      let own = try await tail.engine.watch("own")
      #expect(own.epoch == nil)
      try await tail.engine.bind("own", nativeID: "n1", path: folder.file("root/n1.jsonl"))

      await tail.expect("own", [#"{"n":1}"#])
      #expect(await tail.told.stretches("own").last?.epoch == before.epoch)
      #expect(await tail.engine.entry("n1")?.id == "own")
      let told = await tail.told.read { news in
        news.contains { if case .absorbed(let entry, "own") = $0 { entry.id == "n1" } else { false } }
      }
      #expect(told)
      // The watcher of the old id is gone without being counted here.
      await tail.engine.unwatch("n1")
      folder.append("{\"n\":2}\n", to: "root/n1.jsonl")
      await tail.expect("own", [#"{"n":1}"#, #"{"n":2}"#])
    }
  }

  @Test("An agent's id belongs to one session")
  func taken() async throws {
    try await withTail(folder) { tail in
      try await tail.engine.expect(id: "a", agent: .jsonl, cwd: nil, nativeID: "n1")
      try await tail.engine.expect(id: "a", agent: .jsonl, cwd: nil, nativeID: "n1")
      await #expect(throws: TailError.taken(by: "a")) {
        try await tail.engine.expect(id: "b", agent: .jsonl, cwd: nil, nativeID: "n1")
      }
      #expect(await tail.engine.entry("b") == nil)
      try await tail.engine.expect(id: "b", agent: .jsonl, cwd: nil, nativeID: nil)
      await #expect(throws: TailError.taken(by: "a")) {
        try await tail.engine.bind("b", nativeID: "n1", path: nil)
      }
      await #expect(throws: TailError.unknownSession) {
        try await tail.engine.bind("c", nativeID: "n2", path: nil)
      }
    }
  }

  @Test("A path outside the watched roots is not read, whoever names it")
  func outside() async throws {
    try await withTail(folder) { tail in
      folder.append("{\"secret\":1}\n", to: "elsewhere.jsonl")
      try await tail.engine.expect(id: "own", agent: .jsonl, cwd: nil, nativeID: nil)
      try await tail.engine.bind("own", nativeID: "n1", path: folder.file("elsewhere.jsonl"))
      try await tail.engine.bind("own", nativeID: "n1", path: folder.file("root/../elsewhere.jsonl"))
      #expect(await tail.engine.entry("own")?.files.isEmpty == true)
      folder.append("{\"n\":1}\n", to: "root/n1.jsonl")
      await tail.eventually("never bound") { await tail.engine.entry("own")?.files.count == 1 }
    }
  }

  @Test("Bindings and what is still expected survive the end of the server")
  func restarted() async throws {
    try await withTail(folder) { tail in
      folder.append("{\"n\":1}\n", to: "root/n1.jsonl")
      try await tail.engine.expect(id: "own", agent: .jsonl, cwd: "/w", nativeID: "n1")
      await tail.eventually("never bound") { await tail.engine.entry("own")?.files.count == 1 }
      try await tail.engine.bind("own", nativeID: "n2", path: nil)
      try await tail.engine.expect(id: "other", agent: .jsonl, cwd: nil, nativeID: nil)
    }
    folder.append("{\"n\":2}\n", to: "root/n2.jsonl")
    try await withTail(folder) { tail in
      #expect(await tail.engine.entry("n1")?.id == "own")
      #expect(await tail.engine.entry("n2")?.files.map(\.nativeID) == ["n1", "n2"])
      #expect(await tail.engine.entry("own")?.startedIn == "/w")
      #expect(await tail.engine.entry("other")?.files.isEmpty == true)
      #expect(await tail.engine.entries().count == 2)
      let facts = try await tail.engine.watch("own")
      #expect(facts.earlier.map(\.head) == [8] && facts.head == 8)
    }
  }

  @Test("What a session had is discovered again when it is forgotten")
  func forgotten() async throws {
    for round in 1...2 {
      try await withTail(folder) { tail in
        if round == 1 {
          try await tail.engine.expect(id: "own", agent: .jsonl, cwd: nil, nativeID: "n1")
          folder.append("{\"n\":1}\n", to: "root/n1.jsonl")
          await tail.eventually("never bound") { await tail.engine.entry("own")?.files.count == 1 }
          await tail.engine.forget("own")
        }
        #expect(await tail.engine.entry("own") == nil)
        #expect(await tail.engine.entry("n1")?.id == "n1")
      }
    }
  }

  @Test("The next file of a chain is gone over to when the older one is read to its end, without a restart")
  func chain() async throws {
    try await withTail(folder) { tail in
      folder.append("{\"n\":1}\n", to: "root/n1.jsonl")
      await tail.eventually("never listed") { await tail.engine.entry("n1") != nil }
      let facts = try await tail.engine.watch("n1")
      try await tail.engine.bind("n1", nativeID: "n2", path: nil)
      folder.append("{\"n\":2}\n", to: "root/n1.jsonl")
      // A first line that is the same as the older file's: its epoch must not be.
      folder.append("{\"n\":1}\n{\"n\":4}\n", to: "root/n2.jsonl")
      await tail.eventually("never went over") { await tail.told.stretches("n1").count == 2 }
      await tail.expect("n1", [#"{"n":1}"#, #"{"n":4}"#])
      let stretches = await tail.told.stretches("n1")
      #expect(stretches.map(\.restart) == [nil, nil])
      #expect(stretches[0].texts == [#"{"n":2}"#] && stretches[0].epoch == facts.epoch)
      #expect(stretches[0].epoch != stretches[1].epoch)
      let now = try await tail.engine.facts("n2")
      #expect(
        now.session == "n1" && now.earlier.map(\.epoch) == [facts.epoch] && now.earlier.map(\.head) == [16])
      #expect(now.epoch == stretches[1].epoch)
    }
    try await withTail(folder) { tail in
      let now = try await tail.engine.facts("n1")
      #expect(now.earlier.count == 1 && now.earlier.first?.epoch != now.epoch)
    }
  }

  @Test("A listing says of a chain what all its files say together")
  func listed() async throws {
    func row(_ text: String, _ minute: Int) -> String {
      #"{"type":"user","uuid":"u\#(minute)","timestamp":"2026-01-31T10:0\#(minute):00.000Z","cwd":"/w","#
        + "\"message\":{\"role\":\"user\",\"content\":\"\(text)\"}}\n"
    }
    try await withTail(folder, agent: .claude) { tail in
      try await tail.engine.expect(id: "own", agent: .claude, cwd: "/w", nativeID: "n1")
      folder.append(row("first", 1), to: "root/n1.jsonl")
      await tail.eventually("never bound") { await tail.engine.entry("own")?.files.count == 1 }
      try await tail.engine.bind("own", nativeID: "n2", path: folder.file("root/n2.jsonl"))
      folder.append(row("second", 2), to: "root/n2.jsonl")
      await tail.eventually("never read") {
        let summary = await tail.engine.entry("own")?.summary
        return summary?.firstPrompt == "first" && summary?.lastMessage == "second"
      }
      let entry = try #require(await tail.engine.entry("own"))
      #expect(entry.summary.firstTimestamp?.contains("10:01") == true)
      #expect(entry.bytes == entry.files.reduce(0) { $0 + $1.facts.size } && entry.files.count == 2)
    }
  }
}
