import Store
import TestSupport
import Testing

@testable import Control
@testable import StreamServer

@Suite("Searching memories")
struct MemorySearchTests {
  @Test("Words are found by their beginnings, titles before texts, new before old")
  func search() async throws {
    let fixture = try await Fixture()
    try await fixture.remember("Use postgres for the ledger", #""title":"Storage""#)
    try await fixture.remember("We talked long about many things and postgresql too", #""title":"Notes""#)
    try await fixture.remember("Nothing here", #""title":"Postgres pool size""#)
    let found = await fixture.ask(.get, "/api/v1/memory/search?query=POSTG")
    #expect(found.json["total"]?.int == 3)
    #expect(memoryTexts(found).first == "Nothing here")
    #expect(memoryTexts(await fixture.ask(.get, "/api/v1/memory/search?q=postg%20ledg")).count == 1)
    #expect(memoryTexts(await fixture.ask(.get, "/api/v1/memory/search?q=postg&limit=1&offset=1")).count == 1)
    #expect(memoryTexts(await fixture.ask(.get, "/api/v1/memory/search?q=absent")).isEmpty)
  }

  @Test("Of two memories that say as much the newer one is first")
  func recency() async throws {
    let fixture = try await Fixture()
    try await fixture.remember("the harbour is blue")
    fixture.clock.nowMS.store(Fixture.nowMS + 90 * 86_400_000, ordering: .relaxed)
    try await fixture.remember("the harbour is grey")
    #expect(
      memoryTexts(await fixture.ask(.get, "/api/v1/memory/search?q=harbour"))
        == ["the harbour is grey", "the harbour is blue"])
  }

  @Test(
    "No query is a syntax error",
    arguments: [
      "\"", "'", "*", "a*", "a AND", "NEAR(", "col:x", "^", "-", "(((", "a\"b", "OR OR", "{", "\u{1}",
      "\u{2028}", "😀",
      "a NOT b", "title:x", "\\", "%", "_", ";DROP TABLE memories",
    ])
  func anyInput(query: String) async throws {
    let fixture = try await Fixture()
    try await fixture.remember("something")
    let encoded = query.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    for route in ["memory/search", "memories/search"] {
      #expect(await fixture.ask(.get, "/api/v1/\(route)?q=\(encoded)").status == 200)
    }
    #expect(await fixture.ask(.get, "/api/v1/memory/search?q=%00").status == 200)
  }

  @Test("Random queries are never refused")
  func randomQueries() async throws {
    var random = SeededGenerator(seed: testSeed())
    let fixture = try await Fixture()
    try await fixture.remember("something")
    let alphabet = Array("\"'*()^-+:{}ab N\u{0}\u{7f}é\u{3000}AND OR NEAR/2".unicodeScalars)
    for _ in 0..<300 {
      let query = String(
        String.UnicodeScalarView(
          (0..<Int.random(in: 0...12, using: &random)).map { _ in
            alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
          }))
      let found = try await fixture.store.read { (reader) throws(StoreError) in
        try reader.memories(matching: query, MemoryFilter(), limit: 10, offset: 0, nowMS: 0).0
      }
      #expect(found >= 0, "\(query)")
    }
  }

  @Test("Memories of an identity are shown to who names it, and to nobody else")
  func identities() async throws {
    let fixture = try await Fixture()
    try await fixture.remember("common ground")
    let own = try await fixture.remember("ground of ann", #""identity_key":"ann""#)
    for route in ["memory/search?q=ground&", "memory?", "memory/search?"] {
      #expect(memoryTexts(await fixture.ask(.get, "/api/v1/\(route)")) == ["common ground"])
      #expect(memoryTexts(await fixture.ask(.get, "/api/v1/\(route)identity_key=ann")).count == 2)
      #expect(memoryTexts(await fixture.ask(.get, "/api/v1/\(route)identity_key=bob")) == ["common ground"])
    }
    #expect(await !fixture.ask(.get, "/api/v1/memory/inject").text.contains("ann"))
    #expect(await fixture.ask(.get, "/api/v1/memory/inject?identity_key=ann").text.contains("of ann"))
    #expect(memoryTexts(await fixture.ask(.get, "/api/v1/memory/timeline?anchor=\(own)")).count == 2)
  }

  @Test("Filters narrow a list and a search alike")
  func filters() async throws {
    let fixture = try await Fixture()
    try await fixture.remember("word one", #""type":"gotcha","tags":["x"],"project":"p","session_id":"s""#)
    fixture.clock.nowMS.store(Fixture.nowMS + 1000, ordering: .relaxed)
    try await fixture.remember("word two", #""type":"decision","project":"q""#)
    for (filter, count) in [
      ("type=gotcha", 1), ("type=gotcha,decision", 2), ("tag=x", 1), ("tag=y", 0), ("project=q", 1),
      ("session_id=s", 1), ("from=\(Fixture.nowMS + 1)", 1), ("to=\(Fixture.nowMS)", 1), ("limit=1", 1),
      ("offset=2", 0),
    ] {
      #expect(memoryTexts(await fixture.ask(.get, "/api/v1/memory?\(filter)")).count == count, "\(filter)")
      #expect(
        memoryTexts(await fixture.ask(.get, "/api/v1/memory/search?q=word&\(filter)")).count == count,
        "\(filter)")
    }
  }

  @Test("A timeline has what stands around its anchor in the order of time, each once")
  func timeline() async throws {
    let fixture = try await Fixture()
    var ids: [Int64] = []
    // Several in one millisecond: then the id decides.
    for number in 0..<9 {
      fixture.clock.nowMS.store(Fixture.nowMS + Int64(number / 3), ordering: .relaxed)
      ids.append(try await fixture.remember("n\(number)", #""project":"\#(number == 5 ? "q" : "p")""#))
    }
    let middle = await fixture.ask(
      .get, "/api/v1/memory/timeline?anchor=\(ids[4])&depth_before=2&depth_after=3")
    #expect(memoryTexts(middle) == ["n2", "n3", "n4", "n5", "n6", "n7"])
    #expect(middle.json["anchor"]?.int == ids[4])
    #expect(
      memoryTexts(await fixture.ask(.get, "/api/v1/memory/timeline?anchor=\(ids[4])&project=p"))
        == ["n1", "n2", "n3", "n4", "n6", "n7", "n8"])
    let none = await fixture.ask(.get, "/api/v1/memory/timeline?anchor=999")
    #expect(none.code == "MEMORY_NOT_FOUND")
    #expect(await fixture.ask(.get, "/api/v1/memory/timeline").status == 400)
    #expect(await fixture.ask(.get, "/api/v1/memory/timeline?anchor=1&depth_after=21").status == 400)
  }
}
