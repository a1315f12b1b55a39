import Store
import TestSupport
import Testing

@Suite("Search over message text")
struct SearchTests {
  let scratch = Scratch()

  @Test("Every word must occur, as a prefix, in any order, without regard to case and accents")
  func words() async throws {
    let store = try scratch.store()
    try await store.saveIndexed(
      sessionID: "s", epoch: 1, through: 30, isDone: false,
      [
        message("1-10", "The Parser reads tokens", at: 5), message("1-20", "Résumé parsing"),
        message("1-30", "nothing here"),
      ])
    let page = try await store.search("pars", limit: 10)
    #expect(page.total == 2)
    #expect(Set(page.hits.map(\.cursor)) == ["1-10", "1-20"])
    let hit = try #require(try await store.search("TOK parser", limit: 10).hits.first)
    #expect(hit.sessionID == "s" && hit.role == "user" && hit.timestampMS == 5)
    #expect(hit.snippet == "The \u{2}Parser\u{3} reads \u{2}tokens\u{3}")
    #expect(try await store.search("resume", limit: 10).hits.map(\.cursor) == ["1-20"])
    #expect(try await store.search("pars nothing", limit: 10).total == 0)
  }

  @Test("Pages meet without overlap, and the total stays", arguments: [1, 3, 7, 100])
  func pages(size: Int) async throws {
    let store = try scratch.store()
    let texts = (1...20).map { message("1-\($0)", String(repeating: "word ", count: $0)) }
    try await store.saveIndexed(sessionID: "s", epoch: 1, through: 20, isDone: true, texts)
    var seen: [String] = []
    for offset in stride(from: 0, to: 20, by: size) {
      let page = try await store.search("word", limit: size, offset: offset)
      #expect(page.total == 20)
      seen += page.hits.map(\.cursor)
    }
    #expect(seen.count == 20 && Set(seen).count == 20)
    #expect(try await store.search("word", limit: size, offset: 20).hits.isEmpty)
  }

  @Test("Of two equal messages the newer one comes first")
  func recency() async throws {
    let day: Int64 = 86_400_000
    let now: Int64 = 1_700_000_000_000
    let store = try scratch.store(now: { now })
    try await store.saveIndexed(
      sessionID: "s", epoch: 1, through: 3, isDone: true,
      [
        message("1-1", "apple pie", at: now - day), message("1-2", "apple pie", at: now - 400 * day),
        message("1-3", "apple pie", at: now - 30 * day), message("1-4", "pear"), message("1-5", "plum"),
        message("1-6", "fig"), message("1-7", "kiwi"), message("1-8", "lime"),
      ])
    #expect(try await store.search("apple", limit: 9).hits.map(\.cursor) == ["1-1", "1-3", "1-2"])
  }

  @Test("No query is an error, whatever its bytes")
  func hostileQueries() async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("search seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let store = try scratch.store()
    try await store.saveSessions([session("s", title: "alpha")])
    try await store.saveIndexed(
      sessionID: "s", epoch: 1, through: 1, isDone: true, [message("1-1", "alpha \"beta\" NOT gamma*")])
    var queries = [
      "\"", "\"\"", "*", "a OR", "NEAR(a b)", "-a", "^a", "text:a", "{x}:a", "a AND (", "\0", "a\0b", "+",
    ]
    for _ in 0..<600 {
      let alphabet = Array("\"'*()^:{}+-,.\\\0 \n\tabNOTAND\u{FF}".utf8)
      let bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in
        Bool.random(using: &random)
          ? alphabet.randomElement(using: &random)! : UInt8.random(in: 0...255, using: &random)
      }
      queries.append(String(decoding: bytes, as: UTF8.self))
    }
    for query in queries {
      await #expect(throws: Never.self, "seed \(seed), query \(Array(query.utf8))") {
        _ = try await store.search(query, limit: 5)
        _ = try await store.search(query, sessionID: "s", limit: 5)
        _ = try await store.searchTitles(query, limit: 5)
        _ = try await store.sessionIDs(matching: query)
      }
    }
    #expect(try await store.search("", limit: 5).total == 0)
    #expect(try await store.search(" \n", limit: 5).total == 0)
    #expect(try await store.search("-- alpha", limit: 5).total == 1)
    #expect(try await store.search(String(repeating: "alpha ", count: 5000), limit: 5).total == 1)
  }

  @Test("Indexing goes on where it stopped, and a page that comes again adds nothing")
  func resumes() async throws {
    do {
      let store = try scratch.store()
      try await store.saveIndexed(
        sessionID: "s", epoch: 7, through: 10, isDone: false, [message("7-10", "one")])
    }
    let store = try scratch.store()
    #expect(
      try await store.indexPosition(sessionID: "s", epoch: 7)
        == IndexPosition(sessionID: "s", epoch: 7, through: 10, isDone: false))
    #expect(
      try await !store.saveIndexed(
        sessionID: "s", epoch: 7, through: 10, isDone: true, [message("7-10", "one")]))
    #expect(try await store.search("one", limit: 5).total == 1)
    try await store.saveIndexed(sessionID: "t", epoch: 8, through: 5, isDone: false, [])
    #expect(try await store.indexProgress() == IndexProgress(files: 2, filesDone: 1, bytesDone: 15))
    #expect(try await store.indexPositions().count == 2)
  }

  @Test("A session or one of its files can be dropped from the index")
  func drop() async throws {
    let store = try scratch.store()
    for (id, epoch) in [("s", UInt32(1)), ("s", 2), ("t", 3)] {
      try await store.saveIndexed(
        sessionID: id, epoch: epoch, through: 9, isDone: true, [message("\(epoch)-9", "needle")])
    }
    try await store.saveSessions([session("u", title: "needle")])
    #expect(try await store.sessionIDs(matching: "needle") == ["s", "t", "u"])
    #expect(try await store.search("needle", sessionID: "s", limit: 5).total == 2)
    try await store.write { (database) throws(StoreError) in try database.dropIndex(sessionID: "s", epoch: 1)
    }
    #expect(try await store.search("needle", sessionID: "s", limit: 5).hits.map(\.cursor) == ["2-9"])
    try await store.write { (database) throws(StoreError) in try database.dropIndex(sessionID: "s") }
    #expect(try await store.search("needle", limit: 5).hits.map(\.sessionID) == ["t"])
    #expect(try await store.indexProgress().files == 1)
    // FTS5 itself compares its index with the texts.
    try await store.write { (database) throws(StoreError) in
      try database.execute("INSERT INTO messages_fts(messages_fts, rank) VALUES ('integrity-check', 1)")
    }
  }

  @Test("Marks of a snippet are the search's own")
  func marks() async throws {
    let store = try scratch.store()
    try await store.saveIndexed(
      sessionID: "s", epoch: 1, through: 1, isDone: true, [message("1-1", "a\u{2}fake\u{3} real")])
    #expect(try await store.search("real", limit: 5).hits.first?.snippet == "afake \u{2}real\u{3}")
  }
}
