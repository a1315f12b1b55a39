import Store
import Testing
import Wire

@testable import Control
@testable import StreamServer
@testable import Tail

@Suite struct SearchTests {
  /// Waits for a state that other threads bring about, by asking again.
  private func settled(_ fixture: Fixture, _ isReached: (JSONSlice) -> Bool) async throws -> JSONSlice {
    try await until("the index is as far") {
      let health = await fixture.ask(.get, "/health").json
      return health["search"].flatMap { isReached($0) ? $0 : nil }
    }
  }

  private func idle(_ search: JSONSlice) -> Bool { search["status"]?.string == "idle" }

  @Test("Every line is indexed once, counted, and found")
  func indexes() async throws {
    let fixture = try await Fixture([entry("a", bytes: 100), entry("b", updatedMS: 5, bytes: 20)]) {
      $0.search.enabled = true
      $0.search.rest = .milliseconds(1)
    }
    let done = try await settled(fixture, idle)
    #expect(done["files"]?.int == 2 && done["files_done"]?.int == 2)
    #expect(done["bytes"]?.int == 120 && done["bytes_done"]?.int == 120)
    #expect(
      await fixture.sessions.counts == [
        "a": .init(messages: 10, turns: 0), "b": .init(messages: 2, turns: 0),
      ])
    let answer = await fixture.ask(.get, "/api/v1/search?q=word30").json
    #expect(answer["total"]?.int == 1)
    let result = try #require(answer["results"]?.elements.first)
    #expect(result["type"]?.string == "session" && result["id"]?.string == "a")
    #expect(result["url"]?.string == "/api/v1/sessions/a")
    let highlight = try #require(result["highlights"]?.elements.first)
    #expect(highlight["text"]?.string == "word30 of a")
    #expect(highlight["matches"]?.elements.map(\.description) == ["[0,6]"])
    #expect(highlight["cursor"]?.string == "abcd0001-30")
    let both = await fixture.ask(.get, "/api/v1/search?q=word&limit=1").json
    #expect(both["total"]?.int == 2 && both["results"]?.elements.count == 1)
    let list = await fixture.ask(.get, "/api/v1/sessions?search=word20").json
    #expect(list["total"]?.int == 2)
    #expect(await fixture.ask(.get, "/api/v1/sessions?search=word90").json["total"]?.int == 1)
    #expect(await fixture.ask(.get, "/api/v1/search?q=%22%28*").json["total"]?.int == 0)
    let times = TimeIndexKey(path: "/transcripts/a.jsonl", epoch: 0xabcd_0001)
    #expect(try await fixture.store.timeIndexedThrough(times) == 100)
  }

  @Test("A restart goes on where the last page ended, with its counts")
  func resumes() async throws {
    let fixture = try await Fixture([entry("a", bytes: 60)]) { $0.search.enabled = true }
    _ = try await settled(fixture, idle)
    let history = HistoryModel()
    let sessions = SessionModel([entry("a", bytes: 100)])
    let indexer = SearchIndexer(
      loop: fixture.loop, sessions: sessions, history: history, store: fixture.store, rules: SearchRules(),
      note: { _ in })
    await indexer.start(await sessions.entries())
    try await until("it is counted") { await sessions.counts.isEmpty ? nil : () }
    #expect(await history.indexedFrom == [60, 90])
    #expect(await sessions.counts == ["a": .init(messages: 10, turns: 0)])
    #expect(await fixture.ask(.get, "/search?q=word").json["total"]?.int == 1)
    #expect(try await fixture.store.search("word", limit: 100).total == 10)
  }

  @Test("Of many sessions that bring little each is indexed from where it stood, and nothing twice")
  func many() async throws {
    let names = (0..<150).map { "s\($0)" }
    let fixture = try await Fixture(names.map { entry($0, bytes: 30) }) { $0.search.enabled = true }
    _ = try await settled(fixture) { $0["files_done"]?.int == 150 && idle($0) }
    #expect(await fixture.history.indexedFrom == Array(repeating: 0, count: 150))
    for name in names {
      let grown = entry(name, bytes: 50)
      await fixture.sessions.put(grown)
      await fixture.plane.news(.appended(grown))
    }
    _ = try await settled(fixture) { $0["bytes_done"]?.int == 150 * 50 && idle($0) }
    #expect(await fixture.history.indexedFrom.dropFirst(150) == Array(repeating: 30, count: 150)[...])
    for name in names { #expect(await fixture.sessions.counts[name]?.messages == 5) }
    #expect(try await fixture.store.search("word", limit: 1_000).total == 750)
  }

  @Test("A file whose last line is unfinished is done once its whole lines are indexed")
  func unfinished() async throws {
    let fixture = try await Fixture([]) { $0.search.enabled = true }
    let grown = entry("a", bytes: 57)
    await fixture.sessions.put(grown, head: 50)
    await fixture.plane.news(.created(grown))
    let done = try await settled(fixture) { $0["bytes_done"]?.int == 50 && idle($0) }
    #expect(done["files"]?.int == 1 && done["files_done"]?.int == 1 && done["bytes"]?.int == 57)
  }

  @Test("What a session grows by is indexed, and a replaced transcript from its start")
  func grows() async throws {
    let fixture = try await Fixture([entry("a", bytes: 30)]) { $0.search.enabled = true }
    _ = try await settled(fixture, idle)
    let grown = entry("a", bytes: 50)
    await fixture.sessions.put(grown)
    await fixture.plane.news(.appended(grown))
    _ = try await settled(fixture) { $0["bytes_done"]?.int == 50 && idle($0) }
    #expect(await fixture.history.indexedFrom == [0, 30])
    let replaced = entry("a", bytes: 20, epoch: 7)
    await fixture.sessions.put(replaced)
    await fixture.plane.news(.replaced(replaced, .replaced))
    _ = try await settled(fixture) { $0["bytes_done"]?.int == 20 && idle($0) }
    #expect(await fixture.history.indexedFrom == [0, 30, 0])
    #expect(
      try await fixture.store.search("word", limit: 100).hits.map(\.cursor).sorted() == [
        "00000007-10", "00000007-20",
      ])
  }

  @Test("What older files of a session say is still found and counted when it goes on in another")
  func chain() async throws {
    let fixture = try await Fixture([entry("a", bytes: 40)]) { $0.search.enabled = true }
    _ = try await settled(fixture, idle)
    let second = entry("a", bytes: 20, epoch: 7)
    try await fixture.sessions.extend(second)
    await fixture.plane.news(.updated(second))
    _ = try await settled(fixture) { $0["bytes_done"]?.int == 20 && idle($0) }
    #expect(await fixture.history.indexedFrom == [0, 30, 0])
    #expect(await fixture.sessions.counts["a"]?.messages == 6)
    let third = entry("a", bytes: 50, epoch: 9)
    try await fixture.sessions.extend(third)
    let restarted = SearchIndexer(
      loop: fixture.loop, sessions: fixture.sessions, history: fixture.history, store: fixture.store,
      rules: SearchRules(), note: { _ in })
    await restarted.start([third])
    try await until("all are counted") { await fixture.sessions.counts["a"]?.messages == 11 ? () : nil }
    #expect(await fixture.history.indexedFrom == [0, 30, 0, 0, 30])
    #expect(
      try await fixture.store.search("word10", limit: 100).hits.map(\.cursor).sorted() == [
        "00000007-10", "00000009-10", "abcd0001-10",
      ])
  }

  @Test("Damage that nobody watches is told as it is indexed, once, and not that of the very first run")
  func damages() async throws {
    let history = HistoryModel()
    for place: UInt64 in [20, 40, 60] { await history.damage(at: place) }
    let fixture = try await Fixture([entry("a", bytes: 30)], history: history) { $0.search.enabled = true }
    _ = try await settled(fixture, idle)
    let grown = entry("a", bytes: 70)
    await fixture.sessions.put(grown)
    let watched = Damage(start: 50, length: 9, reason: .malformed, recovered: false)
    await fixture.plane.damaged("a", Epoch(0xabcd_0001), watched)
    await fixture.plane.news(.appended(grown))
    _ = try await settled(fixture) { $0["bytes_done"]?.int == 70 && idle($0) }
    // The last one shows that there is no other before it.
    await fixture.plane.damaged("b", Epoch(1), watched)
    let told = await fixture.published.first(5).filter { $0.type == "transcript.damaged" }
    #expect(told.map { JSONSlice(validating: $0.payload)?["start"]?.int } == [50, 30, 50])
    #expect(told.map(\.sessionID) == ["a", "a", "b"])
  }

  @Test("A position whose counts were lost in a crash is read anew rather than counted wrong")
  func recounts() async throws {
    let fixture = try await Fixture([entry("a", bytes: 30)])
    try await fixture.store.saveIndexed(sessionID: "a", epoch: 0xabcd_0001, through: 30, isDone: true, [])
    let indexer = SearchIndexer(
      loop: fixture.loop, sessions: fixture.sessions, history: fixture.history, store: fixture.store,
      rules: SearchRules(), note: { _ in })
    await indexer.start(await fixture.sessions.entries())
    try await until("it is counted") { await fixture.sessions.counts.isEmpty ? nil : () }
    #expect(await fixture.history.indexedFrom == [0])
    #expect(await fixture.sessions.counts["a"]?.messages == 3)
  }

  @Test("The newest session goes first, and what changes goes before it")
  func queue() {
    var queue = IndexQueue()
    for id in ["old", "new"] { queue.push(id) }
    #expect(queue.pop() == "new")
    queue.push("changed")
    queue.push("old")
    #expect(queue.pop() == "old")
    #expect(queue.pop() == "changed")
    #expect(queue.pop() == nil)
    #expect(queue.isEmpty)
  }

  @Test("Matches are counted in UTF-16 units and nothing of a text is markup")
  func highlights() {
    let highlight = Highlight(marked: "😀 \u{2}<b>\u{3} and \u{2}ä\u{3}", field: "title")
    #expect(highlight.text == "😀 <b> and ä")
    #expect(highlight.matches == [3..<6, 11..<12])
  }
}
