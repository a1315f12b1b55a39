import TestSupport
import Testing

@testable import Client

@Suite("Keys of a terminal")
struct KeyTests {
  static let cases: [(String, [Key])] = [
    ("a", [.character("a")]), ("é日", [.character("é"), .character("日")]), ("\r", [.enter]),
    ("\n", [.control("j")]),
    ("\u{3}", [.control("c")]), ("\u{7f}", [.backspace]), ("\t", [.tab]), ("\u{1b}[Z", [.backTab]),
    ("\u{1b}[A\u{1b}[B\u{1b}OC\u{1b}[D", [.up, .down, .right, .left]),
    ("\u{1b}[5~\u{1b}[6~\u{1b}[3~\u{1b}[1~\u{1b}[F", [.pageUp, .pageDown, .delete, .home, .end]),
    ("\u{1b}[1;5A", [.up]), ("\u{1b}x", [.alt("x")]), ("\u{1b}\r", [.altEnter]),
    ("\u{1b}[<0;5;3M\u{1b}[<0;5;3m", [.click(row: 2, column: 4)]),
    (
      "\u{1b}[<64;1;1M\u{1b}[<65;2;9M", [.wheel(row: 0, column: 0, by: -1), .wheel(row: 8, column: 1, by: 1)]
    ),
    ("\u{1b}[<2;5;3M", []),
    ("\u{1b}[200~one\rtwo\u{1b}[A\u{1b}[201~x", [.paste("one\ntwo\u{1b}[A"), .character("x")]),
    ("\u{1b}[?1;2cz", [.character("z")]), ("\u{1b}\t\u{1b}\u{3}", [.escape, .tab, .escape, .control("c")]),
  ]

  @Test("Each sequence is its key", arguments: cases)
  func whole(bytes: String, keys: [Key]) {
    var decoder = KeyDecoder()
    same(decoder.feed(bytes.utf8), keys)
    holds(!decoder.isUndecided)
  }

  @Test("A sequence split at any byte is the same key", arguments: cases)
  func split(bytes: String, keys: [Key]) {
    let bytes = Array(bytes.utf8)
    for cut in 0...bytes.count {
      var decoder = KeyDecoder()
      let first = decoder.feed(bytes[..<cut])
      same(first + decoder.feed(bytes[cut...]), keys, "cut at \(cut)")
    }
  }

  @Test("An Escape that nothing follows is the Escape key")
  func escape() {
    var decoder = KeyDecoder()
    holds(decoder.feed([0x1b]).isEmpty)
    holds(decoder.isUndecided)
    same(decoder.flush(), [.escape])
    same(decoder.feed(Array("\u{1b}\u{1b}[A".utf8)), [.escape, .up])
  }

  @Test("Bytes that are no key are left out")
  func garbage() {
    var random = SeededGenerator(seed: testSeed())
    for _ in 0..<300 {
      var decoder = KeyDecoder()
      let bytes = (0..<40).map { _ in UInt8.random(in: 0...255, using: &random) }
      _ = decoder.feed(bytes)
      _ = decoder.flush()
      if decoder.isUndecided { continue }
      same(decoder.feed(Array("\u{1b}[201~k".utf8)).last, .character("k"))
    }
  }
}

@Suite("A text that is typed")
struct TextFieldTests {
  func typed(_ keys: [Key], multiline: Bool = true) -> TextField {
    var field = TextField("", isMultiline: multiline)
    for key in keys { _ = field.take(key) }
    return field
  }

  @Test("Typing, moving and deleting")
  func editing() {
    let text = "hello world".map(Key.character)
    #expect(typed(text + [.control("w")]).text == "hello ")
    #expect(typed(text + [.home, .delete, .character("J")]).text == "Jello world")
    #expect(typed(text + [.left, .left, .backspace, .control("k")]).text == "hello wo")
    #expect(typed(text + [.control("a"), .control("k")]).text == "")
    #expect(typed([.backspace, .delete, .left, .right, .up, .down]).text == "")
    #expect(typed([.paste("é\nb"), .left, .backspace, .character("日")]).text == "é日b")
  }

  @Test("One line has no line ends")
  func oneLine() {
    #expect(typed([.paste("a\nb"), .altEnter], multiline: false).text == "a b")
  }

  @Test("Up and down keep the column where there is one")
  func lines() {
    let field = typed([.paste("abcd\nx\nefgh"), .up, .character("!"), .up, .character("?")])
    #expect(field.text == "ab?cd\nx!\nefgh")
  }

  @Test("The cursor stands where the next character goes")
  func cursor() {
    let field = typed([.paste("ab日本c\nde")])
    let (rows, cursor) = field.rows(4)
    #expect(rows == ["ab日", "本c", "de"])
    #expect(cursor == Canvas.Position(row: 2, column: 2))
    same(typed([.paste("abcd")]).rows(4).rows, ["abcd", ""])
    same(typed([.paste("abcd")]).rows(4).cursor, Canvas.Position(row: 1, column: 0))
  }
}
