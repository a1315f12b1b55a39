import Store
import Testing
import Wire

@testable import Control
@testable import StreamServer
@testable import Tail

@Suite struct FeedTests {
  @Test("What the tail tells is stored, numbered and handed on in order")
  func order() async throws {
    let fixture = try await Fixture()
    let first = entry("a", title: "one")
    await fixture.plane.news(.created(first))
    await fixture.plane.news(.status(entry("a", status: .active)))
    await fixture.plane.news(.updated(first))
    await fixture.plane.news(.replaced(first, .truncated))
    await fixture.plane.damaged("a", Epoch(1), Damage(start: 5, length: 7, reason: .nulRun, recovered: true))
    await fixture.plane.news(.closed(entry("a", status: .closed)))
    let events = Array(await fixture.published.first(7).prefix(7))
    #expect(
      events.map(\.type) == [
        "daemon.ready", "session.created", "session.status", "session.updated", "transcript.replaced",
        "transcript.damaged", "session.closed",
      ])
    #expect(events.map(\.sequence) == Array(1...7))
    #expect(
      events.map(\.topic) == ["system"] + [
        "sessions", "sessions", "sessions", "transcript", "transcript", "sessions",
      ])
    #expect(events[1].sessionID == "a")
    #expect(events[1].timestamp == "2026-02-02T02:40:00.000Z")
    #expect(JSONSlice(validating: events[1].payload)?.member("session", "title")?.string == "one")
    #expect(JSONSlice(validating: events[4].payload)?["reason"]?.string == "truncated")
    #expect(JSONSlice(validating: events[5].payload)?["reason"]?.string == "nul_run")
    #expect(try await fixture.store.changes(after: 0, limit: 100).map(FeedEvent.init) == events)
  }

  @Test("One append of a session goes through at once, the rest of its span as one with the newest state")
  func coalesces() {
    var coalescer = Coalescer()
    func take(_ id: String, _ bytes: UInt64, at now: Int64) -> Bool {
      coalescer.take(entry(id, bytes: bytes), nowMS: now, spanMS: 100)
    }
    func sweep(_ now: Int64) -> [UInt64] { coalescer.sweep(nowMS: now, spanMS: 100).map(\.facts.size) }
    #expect(take("a", 1, at: 0))
    #expect(!take("a", 2, at: 10))
    #expect(!take("a", 3, at: 99))
    #expect(take("b", 4, at: 99))
    #expect(sweep(99).isEmpty)
    #expect(sweep(100) == [3])
    #expect(!take("a", 4, at: 150))
    coalescer.renew(entry("a", bytes: 5))
    coalescer.renew(entry("b", bytes: 6))
    #expect(sweep(200) == [5])
    #expect(!coalescer.isEmpty)
    #expect(sweep(300).isEmpty)
    #expect(coalescer.isEmpty)
  }

  @Test(
    "The more sessions grow, the less often each is told of",
    arguments: [(0, 100), (1, 100), (20, 100), (21, 105), (200, 1000)] as [(Int, Int64)])
  func appendedSpan(sessions: Int, milliseconds: Int64) {
    var rules = FeedRules()
    rules.appendedRate = 200
    #expect(rules.appendedSpanMS(growing: sessions) == milliseconds)
  }

  @Test("Updates of one session are one row a second with the newest state, other news is not held back")
  func updates() async throws {
    let fixture = try await Fixture { $0.feed.coalesce = .milliseconds(10) }
    for title in ["one", "two", "three"] {
      await fixture.plane.news(.updated(entry("a", title: title)))
    }
    await fixture.plane.news(.closed(entry("a", title: "four", status: .closed)))
    let before = await fixture.published.first(3)
    #expect(before.dropFirst().map(\.type) == ["session.updated", "session.closed"])
    fixture.clock.nowMS.add(1000, ordering: .relaxed)
    let after = await fixture.published.first(4)
    let session = JSONSlice(validating: after[3].payload)?["session"]
    #expect(session?["title"]?.string == "four" && session?["status"]?.string == "closed")
  }

  @Test("The last append of a burst is told without another one")
  func burst() async throws {
    let fixture = try await Fixture { $0.feed.coalesce = .milliseconds(10) }
    for bytes in 1...50 { await fixture.plane.news(.appended(entry("a", bytes: UInt64(bytes)))) }
    let before = await fixture.published.first(2)
    #expect(before.count == 2)
    #expect(before[1].type == "transcript.appended")
    #expect(JSONSlice(validating: before[1].payload)?["bytes"]?.int == 1)
    fixture.clock.nowMS.add(10, ordering: .relaxed)
    let after = await fixture.published.first(3)
    #expect(JSONSlice(validating: after[2].payload)?["bytes"]?.int == 50)
  }

  @Test("Pages are the log after a position; what cannot be resumed is a reset to the newest row")
  func pages() async throws {
    let fixture = try await Fixture { rules in
      rules.feed.pageRows = 3
      rules.feed.maxGap = 8
    }
    for number in 0..<6 { await fixture.plane.news(.created(entry("s\(number)"))) }
    _ = await fixture.published.first(7)
    let epoch = Epoch(fixture.store.feedEpoch)
    var seen: [UInt64] = []
    var at = FeedCursor(epoch: epoch, sequence: 0)
    var more = true
    while more {
      let page = await fixture.plane.changes(after: at)
      #expect(page.reset == nil)
      seen += page.events.map(\.sequence)
      at.sequence = page.sequence
      more = page.hasMore
    }
    #expect(seen == Array(1...7))
    let now = await fixture.plane.changes(after: nil)
    #expect(now.sequence == 7 && now.events.isEmpty && now.reset == nil && now.epoch == epoch)
    let other = await fixture.plane.changes(after: FeedCursor(epoch: Epoch(epoch.value &+ 1), sequence: 3))
    #expect(other.reset == .unknownEpoch && other.sequence == 7 && other.events.isEmpty)
    let ahead = await fixture.plane.changes(after: FeedCursor(epoch: epoch, sequence: 8))
    #expect(ahead.reset == .notABoundary && ahead.sequence == 7)
    for number in 6..<8 { await fixture.plane.news(.created(entry("s\(number)"))) }
    _ = await fixture.published.first(9)
    #expect(await fixture.plane.changes(after: FeedCursor(epoch: epoch, sequence: 0)).reset == .truncated)
    #expect(await fixture.plane.changes(after: FeedCursor(epoch: epoch, sequence: 1)).reset == nil)
  }

  @Test("A database that cannot be written loses nothing while it recovers, and health says so")
  func recovers() async throws {
    let fixture = try await Fixture { $0.feed.retry = .milliseconds(10) }
    _ = await fixture.published.first(1)
    try await fixture.store.write { (database) throws(StoreError) in
      try database.execute(
        "CREATE TRIGGER full BEFORE INSERT ON change_log BEGIN SELECT raise(ABORT, 'full'); END")
    }
    for number in 0..<5 { await fixture.plane.news(.created(entry("s\(number)"))) }
    var health = await fixture.ask(.get, "/health")
    while health.json.member("feed", "pending")?.int != 5 { health = await fixture.ask(.get, "/health") }
    #expect(fixture.published.values.count == 1)
    try await fixture.store.write { (database) throws(StoreError) in try database.execute("DROP TRIGGER full")
    }
    let events = await fixture.published.first(6)
    #expect(events.compactMap(\.sessionID) == (0..<5).map { "s\($0)" })
  }

  @Test("What had to be given up is counted in the feed itself")
  func lost() async throws {
    let fixture = try await Fixture { rules in
      rules.feed.retry = .milliseconds(10)
      rules.feed.maxPending = 3
    }
    _ = await fixture.published.first(1)
    try await fixture.store.write { (database) throws(StoreError) in
      try database.execute(
        "CREATE TRIGGER full BEFORE INSERT ON change_log BEGIN SELECT raise(ABORT, 'full'); END")
    }
    for number in 0..<10 { await fixture.plane.news(.created(entry("s\(number)"))) }
    try await fixture.store.write { (database) throws(StoreError) in try database.execute("DROP TRIGGER full")
    }
    var events: [FeedEvent] = []
    var told: FeedEvent?
    while told == nil {
      events = await fixture.published.first(events.count + 1)
      told = events.first { $0.type == "error" }
    }
    let payload = try #require(told.flatMap { JSONSlice(validating: $0.payload) })
    #expect(payload["code"]?.string == "FEED_LOST")
    let count = try #require(payload["count"]?.int)
    // Rows, the hole and what is still to come are all ten.
    let kept = events.filter { $0.type == "session.created" }.count
    #expect(count > 0 && Int(count) + kept <= 10)
  }
}
