import Store
import Testing

@testable import Control
@testable import StreamServer

@Suite("Digest, statistics and export of the memory")
struct MemoryDigestTests {
  @Test("The digest has every project asked for, in one line each, within its budget")
  func inject() async throws {
    let fixture = try await Fixture()
    try await fixture.remember("First of p.", #""project":"p","facts":["a\n# fact"]"#)
    try await fixture.remember(#"Second.\n# not a heading\u2028# nor this"#, #""project":"q""#)
    try await fixture.remember("Third of r.", #""project":"r""#)
    let text = await fixture.ask(.get, "/api/v1/memory/inject?projects=p,q")
    #expect(text.headers["content-type"]?.hasPrefix("text/markdown") == true)
    let headings = text.text.split(separator: "\n").filter { $0.hasPrefix("#") }
    #expect(headings == ["# Memory", "## q", "## p"])
    #expect(!text.text.contains("Third"))
    #expect(await fixture.ask(.get, "/api/v1/memory/inject?projects=none").text.isEmpty)
    #expect(await fixture.ask(.get, "/memory/inject?projects=none").text == "\"\"")
    let root = await fixture.ask(.get, "/memory/inject?projects=p,q")
    #expect(root.json.string == text.text)
    for number in 0..<60 { try await fixture.remember("Memory number \(number) with some text in it.") }
    for budget in [200, 500, 2000] {
      let short = await fixture.ask(.get, "/api/v1/memory/inject?budget=\(budget)").text
      #expect(short.unicodeScalars.count <= budget)
      #expect(short.contains("more did not fit"))
    }
  }

  @Test("Statistics count all, and the export has all, page by page")
  func export() async throws {
    let fixture = try await Fixture()
    for number in 0..<5 { try await fixture.remember("n\(number)", #""identity_key":"i\#(number % 2)""#) }
    let statistics = await fixture.ask(.get, "/api/v1/memory/stats").json
    #expect(statistics["total"]?.int == 5)
    #expect(statistics.member("by_type", "discovery")?.int == 5)
    var (seen, after): ([String], Int64) = ([], 0)
    while true {
      let page = await fixture.ask(.get, "/api/v1/memory/export?limit=2&after=\(after)")
      seen += memoryTexts(page)
      guard let next = page.json["next_after"]?.int else { break }
      after = next
    }
    #expect(seen == ["n0", "n1", "n2", "n3", "n4"])
  }

  @Test("A page of the export ends before it becomes too large, but always moves on")
  func exportBytes() async throws {
    let fixture = try await Fixture()
    for number in 0..<4 { try await fixture.remember("\(number)" + String(repeating: "x", count: 3000)) }
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
}
