import TestSupport
import Testing

@testable import Wire

@Suite("Positions as text")
struct CursorTests {
  @Test(
    "A cursor reads back as itself",
    arguments: ["9f3c21aa-0", "9f3c21aa-18442.1", "00000000-18446744073709551615"])
  func roundTrip(text: String) throws {
    #expect(try #require(Cursor(text)).description == text)
  }

  @Test(
    "Only the exact form is a cursor",
    arguments: [
      "", "-", "9f3c21aa", "9f3c21aa-", "9F3c21aa-0", "9f3c21a-0", "9f3c21aab-0", "9f3c21ag-0", "9f3c21aa-01",
      "9f3c21aa--1", "9f3c21aa-+1", "9f3c21aa-1.", "9f3c21aa-1.0", "9f3c21aa-1.01", "9f3c21aa-1.1.1",
      "9f3c21aa-.1",
      " 9f3c21aa-1", "9f3c21aa-1 ", "9f3c21aa-1\n", "9f3c21aa-18446744073709551616",
      "9f3c21aa-1.9223372036854775808",
      "9f3c21aa_1", "9f3c21aa-\u{661}", "9f3c21aa-1\u{0}",
    ])
  func refuses(text: String) {
    #expect(Cursor(text) == nil)
  }

  @Test("A feed position has no part")
  func feed() {
    #expect(FeedCursor("9f3c21aa-7") == FeedCursor(epoch: Epoch(0x9f3c_21aa), sequence: 7))
    #expect(FeedCursor("9f3c21aa-7")?.description == "9f3c21aa-7")
    #expect(FeedCursor("9f3c21aa-7.1") == nil)
    #expect(FeedCursor("9f3c21aa-07") == nil)
  }

  @Test("Positions of several sessions read back, also one without a transcript")
  func sets() throws {
    let text = "a:9f3c21aa-7,b:,c:d:9f3c21aa-7.2"
    let set = try #require(CursorSet(text))
    #expect(set.description == text)
    #expect(set["a"]?.offset == 7)
    #expect(set["b"] == nil)
    #expect(set["c:d"]?.part == 2)
    #expect(set.entries.map(\.session) == ["a", "b", "c:d"])
    var changed = set
    changed["b"] = Cursor("00000001-5")
    changed["e"] = nil
    #expect(changed.description == "a:9f3c21aa-7,b:00000001-5,c:d:9f3c21aa-7.2,e:")
  }

  @Test(
    "A set with a fault in one part is no set",
    arguments: [
      "", ",", "a", ":9f3c21aa-7", "a:x", "a:9f3c21aa-7,", "a:9f3c21aa-7,a:9f3c21aa-8", "a b:", "a\n:",
      "\u{e9}:",
    ])
  func refusesSets(text: String) {
    #expect(CursorSet(text) == nil)
  }

  @Test("A set is bounded")
  func bounded() {
    #expect(CursorSet("a:,b:", limit: 2) != nil)
    #expect(CursorSet("a:,b:,c:", limit: 2) == nil)
  }

  @Test("Random positions read back as themselves")
  func random() {
    let seed = testSeed()
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<2000 {
      let cursor = Cursor(
        epoch: Epoch(.random(in: .min ... .max, using: &generator)),
        offset: UInt64.random(in: .min ... .max, using: &generator)
          >> UInt64.random(in: 0..<64, using: &generator),
        part: Bool.random(using: &generator) ? .random(in: 1 ... .max, using: &generator) : nil)
      #expect(Cursor(cursor.description) == cursor, "seed \(seed)")
    }
  }
}
