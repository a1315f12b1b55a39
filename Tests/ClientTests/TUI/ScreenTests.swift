import TestSupport
import Testing

@testable import Client

@Suite("Cells of a screen")
struct ScreenTests {
  @Test("Characters take the columns that terminals give them")
  func widths() {
    let cases: [(String, Int)] = [
      ("a", 1), ("é", 1), ("日本", 4), ("👩", 2), ("e\u{301}", 1), ("한글", 4), ("─", 1), ("שלום", 4), ("ｆ", 2),
    ]
    for (text, width) in cases { #expect(GridText.width(text) == width, "\(text)") }
  }

  @Test("What terminals do not agree on is left out, what they would obey is shown")
  func grid() {
    #expect(GridText.of("👩\u{200d}💻️") == "👩💻")
    #expect(GridText.of("👍\u{1f3fd}!") == "👍!")
    #expect(GridText.of("a\u{1b}[31mb\u{202e}c\u{7}") == "a␛[31mb\\u{202e}c␇")
    #expect(GridText.of("a\tb\tcc\td") == "a   b   cc  d")
    #expect(GridText.line("a\nb\r\nc") == "a b c")
    let marks = String(repeating: "\u{301}", count: 50)
    #expect(GridText.of("a\(marks)b").unicodeScalars.count == 5)
  }

  @Test("Every line of a wrapped text fits, and together they are the text", arguments: [2, 3, 7, 10, 40])
  func wrapping(columns: Int) {
    for text in [
      "one two three four five six", "onlyonewordthatislong", "日本語日本語日本語 abc 日本",
      "e\u{301}e\u{301}e\u{301}e\u{301}", "",
      "a  b", "line\n\nline two is longer",
    ] {
      let lines = GridText.wrapped(text, to: columns)
      #expect(lines.allSatisfy { GridText.width($0) <= columns }, "\(text) \(lines)")
      #expect(
        lines.joined().filter { $0 != " " } == text.filter { $0 != " " && $0 != "\n" }, "\(text) \(lines)")
    }
    #expect(GridText.wrapped("one two three", to: 8) == ["one two", "three"])
  }

  @Test("A clipped text fits and says that it was clipped")
  func clipping() {
    #expect(GridText.clipped("abcdef", to: 4) == "abc…")
    #expect(GridText.clipped("abcd", to: 4) == "abcd")
    #expect(GridText.clipped("日本語", to: 4) == "日…")
    #expect(GridText.clipped("abc", to: 0) == "")
  }

  @Test("Nothing is written beyond its limits, and no half of a wide character stays")
  func canvas() {
    var canvas = Canvas(ScreenSize(columns: 6, rows: 2))
    same(canvas.write("日本語日", row: 0, column: 1), 5)
    #expect(canvas.text(row: 0) == " 日本 ")
    canvas.write("x", row: 0, column: 2)
    #expect(canvas.text(row: 0) == "  x本 ")
    canvas.write("日", row: 0, column: 2)
    #expect(canvas.text(row: 0) == "  日  ", "half of 本 was overwritten, the other half went with it")
    canvas.write("e\u{301}x", row: 1, column: 4)
    #expect(canvas.text(row: 1) == "    e\u{301}x")
    canvas.write("far away", row: 7, column: 0)
    canvas.write("far away", row: 1, column: 9)
    #expect(canvas.text(row: 1) == "    e\u{301}x")
  }

  /// What a terminal of the plainest kind shows after the bytes.
  struct PlainTerminal {
    var canvas: Canvas

    mutating func take(_ bytes: [UInt8]) {
      var place = (row: 0, column: 0)
      var rest = String(decoding: bytes, as: UTF8.self).unicodeScalars[...]
      while let scalar = rest.popFirst() {
        if scalar == "\u{1b}" {
          rest.removeFirst()
          let end = rest.firstIndex { ("@"..."~").contains($0) } ?? rest.endIndex
          let parameters = String(rest[..<end])
          if rest[end] == "H" {
            let numbers = parameters.split(separator: ";").compactMap { Int($0) }
            place = (numbers[0] - 1, numbers[1] - 1)
          }
          rest = rest[rest.index(after: end)...]
          continue
        }
        place.column = canvas.write(String(scalar), row: place.row, column: place.column)
      }
    }
  }

  @Test("What the terminal shows after each change is the canvas, however it came to that")
  func writer() {
    var random = SeededGenerator(seed: testSeed())
    let size = ScreenSize(columns: 12, rows: 4)
    var writer = ScreenWriter(palette: Palette(depth: .full), isUTF8: true)
    var terminal = PlainTerminal(canvas: Canvas(size))
    let pieces = ["a", "bc", "日本", "─", "  ", "é", "👩", "שלום"]
    for _ in 0..<300 {
      var canvas = Canvas(size)
      for _ in 0..<Int.random(in: 0...8, using: &random) {
        canvas.write(
          pieces.randomElement(using: &random) ?? "", row: Int.random(in: 0..<4, using: &random),
          column: Int.random(in: 0..<12, using: &random))
      }
      terminal.take(writer.bytes(for: canvas))
      for row in 0..<size.rows { #expect(terminal.canvas.text(row: row) == canvas.text(row: row)) }
      holds(writer.bytes(for: canvas).isEmpty, "what is shown is not sent again")
    }
  }

  @Test("A new size is drawn whole, without clearing the screen first")
  func resizing() {
    var writer = ScreenWriter(palette: Palette(depth: .mono), isUTF8: true)
    var canvas = Canvas(ScreenSize(columns: 8, rows: 2))
    canvas.write("hello", row: 0, column: 0)
    _ = writer.bytes(for: canvas)
    var larger = Canvas(ScreenSize(columns: 9, rows: 2))
    larger.write("hello", row: 0, column: 0)
    let text = String(decoding: writer.bytes(for: larger), as: UTF8.self)
    #expect(text.contains("hello"))
    #expect(!text.contains("\u{1b}[2J") && !text.contains("\u{1b}[K"))
  }

  @Test("Without UTF-8 nothing but ASCII is sent, and every cell keeps its columns")
  func ascii() {
    var writer = ScreenWriter(palette: Palette(depth: .mono), isUTF8: false)
    var canvas = Canvas(ScreenSize(columns: 8, rows: 1))
    canvas.write("─日é▸x", row: 0, column: 0)
    let bytes = writer.bytes(for: canvas)
    #expect(bytes.allSatisfy { $0 < 0x80 })
    #expect(String(decoding: bytes, as: UTF8.self).contains("?"))
  }

  @Test("Colours follow NO_COLOR, TERM and COLORTERM")
  func colours() {
    func depth(_ variables: [String: String]) -> Palette.Depth {
      Palette(Surroundings(environment: variables)).depth
    }
    #expect(depth(["TERM": "xterm-256color"]) == .full)
    #expect(depth(["TERM": "xterm-256color", "NO_COLOR": "1"]) == .mono)
    #expect(depth(["TERM": "xterm-256color", "NO_COLOR": ""]) == .full)
    #expect(depth(["TERM": "screen"]) == .sixteen)
    #expect(depth(["TERM": "screen", "COLORTERM": "truecolor"]) == .full)
    #expect(depth(["TERM": "vt100"]) == .mono)
    #expect(!Palette(depth: .mono).sequence(Style(.bad)).contains("38;5"))
  }
}
