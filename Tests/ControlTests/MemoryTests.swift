import Glibc
import Store
import TestSupport
import Testing
import Wire

@testable import Control
@testable import StreamServer

@Suite struct MemoryTests {
  private func save(_ fixture: Fixture, _ members: String) async -> Answer {
    await fixture.ask(.post, "/api/v1/memory/save", body: "{\(members)}")
  }

  @discardableResult
  private func remember(_ fixture: Fixture, _ text: String, _ more: String = "") async throws -> Int64 {
    let answer = await save(fixture, "\"text\":\"\(text)\"\(more.isEmpty ? "" : ",")\(more)")
    #expect(answer.status == 201)
    return try #require(answer.json["id"]?.int)
  }

  private func texts(_ answer: Answer) -> [String] {
    (answer.json["memories"] ?? answer.json).elements.compactMap { $0["text"]?.string }
  }

  @Test("The same content is remembered once in a project, and again in another or for somebody else")
  func once() async throws {
    let fixture = try await Fixture()
    let first = await save(fixture, #""text":"Tabs, not spaces.","project":"p""#)
    #expect(first.status == 201)
    #expect(first.json["title"]?.string == "Tabs, not spaces.")
    let second = await save(fixture, #""content":"Tabs, not spaces.","project":"p","type":"decision""#)
    #expect(second.status == 200)
    #expect(second.json["id"]?.int == first.json["id"]?.int)
    #expect(await save(fixture, #""text":"Tabs, not spaces.","project":"q""#).status == 201)
    #expect(
      await save(fixture, #""text":"Tabs, not spaces.","project":"p","identityKey":"ann""#).status == 201)
  }

  @Test("A session's directory is the project of what it learned; without both it is the default one")
  func project() async throws {
    let fixture = try await Fixture([entry("s1", cwd: "/srv/app")])
    let ofSession = await save(fixture, #""text":"a","session_id":"s1","record":"abcd0001-10""#)
    #expect(ofSession.json["project"]?.string == "/srv/app")
    #expect(await save(fixture, #""text":"b""#).json["project"]?.string == "default")
    let shown = await fixture.ask(.get, "/api/v1/memory?session_id=s1").json["memories"]?.elements.first
    #expect(shown?["record"]?.string == "abcd0001-10")
    #expect(shown?["type"]?.string == "discovery")
  }

  @Test(
    "A title is the first sentence in one line",
    arguments: [
      ("One. Two.", "One."), ("## Heading\nmore", "Heading"), ("  v1.2 is out! Hurra", "v1.2 is out!"),
      ("a\tb  c", "a b c"), (String(repeating: "é", count: 200), String(repeating: "é", count: 79) + "…"),
      ("x\u{0}y", "xy"),
    ])
  func titles(text: String, title: String) {
    #expect(MemoryDraft.title(of: text) == title)
  }

  @Test("Words are found by their beginnings, titles before texts, new before old")
  func search() async throws {
    let fixture = try await Fixture()
    try await remember(fixture, "Use postgres for the ledger", #""title":"Storage""#)
    try await remember(fixture, "We talked long about many things and postgresql too", #""title":"Notes""#)
    try await remember(fixture, "Nothing here", #""title":"Postgres pool size""#)
    let found = await fixture.ask(.get, "/api/v1/memory/search?query=POSTG")
    #expect(found.json["total"]?.int == 3)
    #expect(texts(found).first == "Nothing here")
    #expect(texts(await fixture.ask(.get, "/api/v1/memory/search?q=postg%20ledg")).count == 1)
    #expect(texts(await fixture.ask(.get, "/api/v1/memory/search?q=postg&limit=1&offset=1")).count == 1)
    #expect(texts(await fixture.ask(.get, "/api/v1/memory/search?q=absent")).isEmpty)
  }

  @Test("Of two memories that say as much the newer one is first")
  func recency() async throws {
    let fixture = try await Fixture()
    try await remember(fixture, "the harbour is blue")
    fixture.clock.nowMS.store(Fixture.nowMS + 90 * 86_400_000, ordering: .relaxed)
    try await remember(fixture, "the harbour is grey")
    #expect(
      texts(await fixture.ask(.get, "/api/v1/memory/search?q=harbour"))
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
    try await remember(fixture, "something")
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
    try await remember(fixture, "something")
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
    try await remember(fixture, "common ground")
    let own = try await remember(fixture, "ground of ann", #""identity_key":"ann""#)
    for route in ["memory/search?q=ground&", "memory?", "memory/search?"] {
      #expect(texts(await fixture.ask(.get, "/api/v1/\(route)")) == ["common ground"])
      #expect(texts(await fixture.ask(.get, "/api/v1/\(route)identity_key=ann")).count == 2)
      #expect(texts(await fixture.ask(.get, "/api/v1/\(route)identity_key=bob")) == ["common ground"])
    }
    #expect(await !fixture.ask(.get, "/api/v1/memory/inject").text.contains("ann"))
    #expect(await fixture.ask(.get, "/api/v1/memory/inject?identity_key=ann").text.contains("of ann"))
    #expect(texts(await fixture.ask(.get, "/api/v1/memory/timeline?anchor=\(own)")).count == 2)
  }

  @Test("Filters narrow a list and a search alike")
  func filters() async throws {
    let fixture = try await Fixture()
    try await remember(fixture, "word one", #""type":"gotcha","tags":["x"],"project":"p","session_id":"s""#)
    fixture.clock.nowMS.store(Fixture.nowMS + 1000, ordering: .relaxed)
    try await remember(fixture, "word two", #""type":"decision","project":"q""#)
    for (filter, count) in [
      ("type=gotcha", 1), ("type=gotcha,decision", 2), ("tag=x", 1), ("tag=y", 0), ("project=q", 1),
      ("session_id=s", 1), ("from=\(Fixture.nowMS + 1)", 1), ("to=\(Fixture.nowMS)", 1), ("limit=1", 1),
      ("offset=2", 0),
    ] {
      #expect(texts(await fixture.ask(.get, "/api/v1/memory?\(filter)")).count == count, "\(filter)")
      #expect(
        texts(await fixture.ask(.get, "/api/v1/memory/search?q=word&\(filter)")).count == count, "\(filter)")
    }
  }

  @Test("A timeline has what stands around its anchor in the order of time, each once")
  func timeline() async throws {
    let fixture = try await Fixture()
    var ids: [Int64] = []
    // Several in one millisecond: then the id decides.
    for number in 0..<9 {
      fixture.clock.nowMS.store(Fixture.nowMS + Int64(number / 3), ordering: .relaxed)
      ids.append(try await remember(fixture, "n\(number)", #""project":"\#(number == 5 ? "q" : "p")""#))
    }
    let middle = await fixture.ask(
      .get, "/api/v1/memory/timeline?anchor=\(ids[4])&depth_before=2&depth_after=3")
    #expect(texts(middle) == ["n2", "n3", "n4", "n5", "n6", "n7"])
    #expect(middle.json["anchor"]?.int == ids[4])
    #expect(
      texts(await fixture.ask(.get, "/api/v1/memory/timeline?anchor=\(ids[4])&project=p"))
        == ["n1", "n2", "n3", "n4", "n6", "n7", "n8"])
    let none = await fixture.ask(.get, "/api/v1/memory/timeline?anchor=999")
    #expect(none.code == "MEMORY_NOT_FOUND")
    #expect(await fixture.ask(.get, "/api/v1/memory/timeline").status == 400)
    #expect(await fixture.ask(.get, "/api/v1/memory/timeline?anchor=1&depth_after=21").status == 400)
  }

  @Test("A batch keeps the order that was asked for and skips what is unknown")
  func batch() async throws {
    let fixture = try await Fixture()
    let one = try await remember(fixture, "one", #""project":"p""#)
    let two = try await remember(fixture, "two")
    let answer = await fixture.ask(.post, "/api/v1/memory/batch", body: "{\"ids\":[\(two),77,\(one)]}")
    #expect(texts(answer) == ["two", "one"])
    let ofProject = await fixture.ask(
      .post, "/api/v1/memory/batch", body: "{\"ids\":[\(two),\(one)],\"project\":\"p\"}")
    #expect(texts(ofProject) == ["one"])
    let many = "[" + (0..<201).map { "\($0)" }.joined(separator: ",") + "]"
    #expect(await fixture.ask(.post, "/api/v1/memory/batch", body: "{\"ids\":\(many)}").status == 400)
    #expect(await fixture.ask(.post, "/api/v1/memory/batch", body: #"{"ids":["1"]}"#).status == 400)
  }

  @Test("What is deleted is not found any more, and deleting it again is a 404")
  func delete() async throws {
    let fixture = try await Fixture()
    let id = try await remember(fixture, "ephemeral")
    let gone = await fixture.ask(.delete, "/api/v1/memory/\(id)")
    #expect(gone.status == 200 && gone.json["deleted"]?.int == id)
    #expect(texts(await fixture.ask(.get, "/api/v1/memory/search?q=ephemeral")).isEmpty)
    #expect(await fixture.ask(.delete, "/api/v1/memory/\(id)").code == "MEMORY_NOT_FOUND")
    #expect(await fixture.ask(.delete, "/api/v1/memory/nonsense").status == 400)
    #expect(try await remember(fixture, "ephemeral") > id)
  }

  @Test("The digest has every project asked for, in one line each, within its budget")
  func inject() async throws {
    let fixture = try await Fixture()
    try await remember(fixture, "First of p.", #""project":"p","facts":["a\n# fact"]"#)
    try await remember(fixture, #"Second.\n# not a heading\u2028# nor this"#, #""project":"q""#)
    try await remember(fixture, "Third of r.", #""project":"r""#)
    let text = await fixture.ask(.get, "/api/v1/memory/inject?projects=p,q")
    #expect(text.headers["content-type"]?.hasPrefix("text/markdown") == true)
    let headings = text.text.split(separator: "\n").filter { $0.hasPrefix("#") }
    #expect(headings == ["# Memory", "## q", "## p"])
    #expect(!text.text.contains("Third"))
    #expect(await fixture.ask(.get, "/api/v1/memory/inject?projects=none").text.isEmpty)
    #expect(await fixture.ask(.get, "/memory/inject?projects=none").text == "\"\"")
    let root = await fixture.ask(.get, "/memory/inject?projects=p,q")
    #expect(root.json.string == text.text)
    for number in 0..<60 { try await remember(fixture, "Memory number \(number) with some text in it.") }
    for budget in [200, 500, 2000] {
      let short = await fixture.ask(.get, "/api/v1/memory/inject?budget=\(budget)").text
      #expect(short.unicodeScalars.count <= budget)
      #expect(short.contains("more did not fit"))
    }
  }

  @Test("Statistics count all, and the export has all, page by page")
  func export() async throws {
    let fixture = try await Fixture()
    for number in 0..<5 { try await remember(fixture, "n\(number)", #""identity_key":"i\#(number % 2)""#) }
    let statistics = await fixture.ask(.get, "/api/v1/memory/stats").json
    #expect(statistics["total"]?.int == 5)
    #expect(statistics.member("by_type", "discovery")?.int == 5)
    var (seen, after): ([String], Int64) = ([], 0)
    while true {
      let page = await fixture.ask(.get, "/api/v1/memory/export?limit=2&after=\(after)")
      seen += texts(page)
      guard let next = page.json["next_after"]?.int else { break }
      after = next
    }
    #expect(seen == ["n0", "n1", "n2", "n3", "n4"])
  }

  @Test("A page of the export ends before it becomes too large, but always moves on")
  func exportBytes() async throws {
    let fixture = try await Fixture()
    for number in 0..<4 { try await remember(fixture, "\(number)" + String(repeating: "x", count: 3000)) }
    let counts = try await fixture.store.read { (reader) throws(StoreError) in
      [
        try reader.memories(after: 0, limit: 100, bytes: 1).count,
        try reader.memories(after: 0, limit: 100, bytes: 9000).count,
        try reader.memories(after: 0, limit: 100, bytes: 1 << 20).count,
        try reader.memories(after: 3, limit: 100, bytes: 1).count,
      ]
    }
    #expect(counts[0] >= 1 && counts[0] < 4)
    #expect(counts[1] >= 2 && counts[1] < 4)
    #expect(counts[2...] == [4, 1])
  }

  @Test("Every change of the memory is a row of the feed, and what changes nothing is none")
  func feed() async throws {
    let fixture = try await Fixture()
    let id = try await remember(fixture, "seen", #""project":"p","session_id":"s""#)
    #expect(await save(fixture, #""text":"seen","project":"p""#).status == 200)
    _ = await fixture.ask(.delete, "/api/v1/memory/\(id)")
    _ = await fixture.ask(.delete, "/api/v1/memory/\(id)")
    let events = fixture.published.values.filter { $0.topic == "memory" }
    #expect(events.map(\.type) == ["memory.saved", "memory.deleted"])
    #expect(events[0].sessionID == "s")
    #expect(JSONSlice(events[0].payload)["project"]?.string == "p")
  }

  @Test("Lists are bare arrays at the mounts that expect them, and tagged")
  func mounts() async throws {
    let fixture = try await Fixture()
    let id = try await remember(fixture, "word")
    for mount in ["", "/api"] {
      for route in ["memory", "memory/search?q=word", "memory/timeline?anchor=\(id)", "memory/export"] {
        #expect(await fixture.ask(.get, "\(mount)/\(route)").json.elements.count == 1, "\(mount)/\(route)")
      }
      #expect(
        await fixture.ask(.post, "\(mount)/memory/batch", body: "{\"ids\":[\(id)]}").json.elements.count == 1)
      #expect(await fixture.ask(.post, "\(mount)/memories", body: #"{"text":"word"}"#).status == 200)
    }
    let first = await fixture.ask(.get, "/memory")
    let tag = try #require(first.headers["etag"])
    #expect(await fixture.ask(.get, "/memory", headers: [("if-none-match", tag)]).status == 304)
  }

  @Test(
    "A wrong draft is refused and its field named",
    arguments: [
      ("{}", "text"), (#"{"text":""}"#, "text"), (#"{"text":" \n"}"#, "text"), (#"{"text":5}"#, "text"),
      (#"{"text":"a","type":"rumour"}"#, "type"), (#"{"text":"a","concepts":"x"}"#, "concepts"),
      (#"{"text":"a","facts":[1]}"#, "facts"), (#"{"text":"a","session_id":"../x"}"#, "session_id"),
      (#"{"text":"a","title":[]}"#, "title"), ("[]", "body"), ("{", "body"), ("", "body"),
      (String(repeating: "[", count: 100_000), "body"),
    ])
  func wrong(body: String, field: String) async throws {
    let fixture = try await Fixture()
    let answer = await fixture.ask(.post, "/memory/save", body: body)
    #expect(answer.status == 400)
    #expect(answer.json.member("error", "details", "field")?.string == field)
    #expect(answer.json["detail"]?.string?.isEmpty == false)
  }

  @Test("A NUL, a lone surrogate and an emoji come back as they were understood")
  func oddText() async throws {
    let fixture = try await Fixture()
    let answer = await save(fixture, #""text":"a\u0000b \ud83d\ude00 \ud800"#)
    #expect(answer.status == 400)
    let id = try await remember(fixture, #"a\u0000b \ud83d\ude00 \ud800"#)
    let shown = await fixture.ask(.post, "/api/v1/memory/batch", body: "{\"ids\":[\(id)]}")
    #expect(texts(shown) == ["a\u{0}b 😀 \u{FFFD}"])
  }
}
