import Testing
import Wire

@testable import Control
@testable import StreamServer
@testable import Tail

@Suite("Tokens by session and model")
struct UsageTests {
  private func counted(_ fixture: Fixture, _ session: String) async throws -> JSONSlice {
    try await until("all of it is counted") {
      let usage = await fixture.ask(.get, "/api/v1/sessions/\(session)/usage").json
      return usage["complete"]?.bool == true ? usage : nil
    }
  }

  private func sum(_ usage: JSONSlice?) -> [Int64?] {
    ["calls", "input_tokens", "output_tokens", "total_tokens"].map { usage?[$0]?.int }
  }

  @Test("A call that is written of again, in another page or file, counts once with its newest numbers")
  func once() async throws {
    let history = HistoryModel()
    await history.call(1, "big", input: 10, output: 1, at: 10)
    await history.call(2, "small", input: 5, output: 5, at: 20)
    await history.call(1, "big", input: 10, output: 4, at: 40)
    await history.call(3, nil, input: 7, output: 7, at: 50)
    let fixture = try await Fixture([entry("a", bytes: 50)], history: history) {
      $0.search.enabled = true
      $0.search.rest = .milliseconds(1)
    }
    let usage = try await counted(fixture, "a")
    #expect(sum(usage["usage"]) == [3, 22, 16, 38])
    #expect(
      sum(usage.member("model_usage", "big")) == [2, 17, 11, 28], "a call without a model is of the last one")
    #expect(sum(usage.member("model_usage", "small")) == [1, 5, 5, 10])
    // The same calls stand in the second file too: the model of the archive is the same for both.
    let second = entry("a", bytes: 50, epoch: 7)
    try await fixture.sessions.extend(second)
    await fixture.plane.news(.updated(second))
    let chained = try await until("the chain is counted") {
      await fixture.sessions.counts["a"]?.messages == 10 ? await fixture.sessions.counts["a"] : nil
    }
    #expect(chained.usage.map(\.calls) == [2, 1])
  }

  @Test("A session whose agent says nothing of tokens has no usage, and an uncounted one is not complete")
  func absent() async throws {
    let fixture = try await Fixture([entry("a", bytes: 30)]) { $0.search.enabled = true }
    let usage = try await counted(fixture, "a")
    #expect(usage["usage"] == nil && usage["model_usage"] == nil)
    let off = try await Fixture([entry("a", bytes: 30)])
    #expect(await off.ask(.get, "/api/v1/sessions/a/usage").json["complete"]?.bool == false)
    #expect(await off.ask(.get, "/api/v1/sessions/b/usage").code == "SESSION_NOT_FOUND")
  }

  @Test("A replaced transcript is counted from nothing, and a restart knows what was counted")
  func replaced() async throws {
    let history = HistoryModel()
    await history.call(1, "m", input: 10, output: 1, at: 10)
    await history.call(2, "m", input: 10, output: 1, at: 30)
    let fixture = try await Fixture([entry("a", bytes: 30)], history: history) { $0.search.enabled = true }
    #expect(sum(try await counted(fixture, "a")["usage"]) == [2, 20, 2, 22])
    let replaced = entry("a", bytes: 20, epoch: 7)
    await fixture.sessions.put(replaced)
    await fixture.plane.news(.replaced(replaced, .replaced))
    #expect(sum(try await counted(fixture, "a")["usage"]) == [1, 10, 1, 11])
    let sessions = SessionModel([replaced])
    let restarted = SearchIndexer(
      loop: fixture.loop, sessions: sessions, history: HistoryModel(), store: fixture.store,
      rules: SearchRules(), note: { _ in })
    await restarted.start([replaced])
    try await until("it is known") { await sessions.counts["a"]?.usage.first?.calls == 1 ? () : nil }
  }

  @Test("A list's sums are those of all of its pages")
  func list() async throws {
    let history = HistoryModel()
    await history.call(1, "m", input: 10, output: 1, at: 10)
    let fixture = try await Fixture(
      [entry("a", bytes: 10), entry("b", bytes: 10), entry("c", agent: .codex, bytes: 10)], history: history
    ) { $0.search.enabled = true }
    let page = try await until("all are counted") {
      let page = await fixture.ask(.get, "/api/v1/usage/sessions?page_size=1&agent=claude").json
      return page["complete"]?.bool == true ? page : nil
    }
    #expect(page["sessions"]?.elements.count == 1 && page["total"]?.int == 2)
    #expect(sum(page["usage"]) == [2, 20, 2, 22] && sum(page.member("model_usage", "m")) == [2, 20, 2, 22])
    #expect(sum(page["sessions"]?.elements.first?["usage"]) == [1, 10, 1, 11])
  }

  @Test("A session shows what it used once that is known")
  func shown() async throws {
    var known = entry("a")
    let tokens = TokenUsage(input: 3, output: 2, cacheRead: 1, cacheCreation: 0, reasoning: 0)
    known.counts = SessionCounts(messages: 1, turns: 1, usage: [.init(model: "m", calls: 1, tokens: tokens)])
    let fixture = try await Fixture([known, entry("b")])
    let session = await fixture.ask(.get, "/api/v1/sessions/a").json["session"]
    #expect(
      sum(session?["usage"]) == [1, 3, 2, 6] && sum(session?.member("model_usage", "m")) == [1, 3, 2, 6])
    let other = await fixture.ask(.get, "/api/v1/sessions/b").json["session"]
    #expect(other != nil && other?["usage"] == nil && other?["model_usage"] == nil)
  }
}
