/// Text of a transcript made fit for a grid of cells: what a terminal would obey is shown, what terminals do not agree
/// on is left out.
///
/// Joiners, variation selectors and skin tones glue several characters to one picture on some terminals and not on
/// others, which would shift the rest of the line.
enum GridText {
  /// Marks that one character keeps: more would be drawn over the lines around it.
  private static let mostMarks = 3
  /// Columns between tab stops.
  private static let tab = 4

  /// The text with line feeds, and nothing else that is not drawn in cells; tabs become blanks.
  static func of(_ text: String) -> String {
    if text.utf8.allSatisfy({ ($0 >= 0x20 && $0 < 0x7f) || $0 == 0x0a }) { return text }
    var kept = String.UnicodeScalarView()
    var marks = 0
    var column = 0
    for scalar in VisibleText.of(text).unicodeScalars {
      if scalar == "\t" {
        let blanks = tab - column % tab
        kept.append(contentsOf: repeatElement(" ", count: blanks))
        column += blanks
        continue
      }
      if isGlue(scalar) { continue }
      let width = GlyphWidth.of(scalar)
      marks = width == 0 ? marks + 1 : 0
      if marks > mostMarks { continue }
      column = scalar == "\n" ? 0 : column + width
      kept.append(scalar)
    }
    return String(kept)
  }

  /// The same in one line.
  static func line(_ text: String) -> String { of(VisibleText.line(text)) }

  /// The first line that says something, no longer than anybody can see.
  static func firstLine(_ text: String) -> String {
    let start = text.prefix(2000).drop { $0.isWhitespace }
    return line(String(start.prefix { !$0.isNewline }))
  }

  /// Columns that a text of this kind takes.
  static func width(_ text: some StringProtocol) -> Int {
    text.unicodeScalars.reduce(0) { $0 + GlyphWidth.of($1) }
  }

  /// As much of a text as fits, with `…` where something was left out.
  static func clipped(_ text: String, to columns: Int) -> String {
    if columns <= 0 { return "" }
    if text.utf8.count <= columns || width(text) <= columns { return text }
    return String(prefix(text[...], columns - 1).text) + "…"
  }

  /// The lines that a text of this kind takes, broken between words where that is possible.
  static func wrapped(_ text: String, to columns: Int) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { wrap($0, max(2, columns)) }
  }

  private static func wrap(_ line: Substring, _ columns: Int) -> [String] {
    var rows: [String] = []
    var rest = line
    while rest.utf8.count > columns {
      let (part, isAll) = prefix(rest, columns)
      if isAll { break }
      var end = part.endIndex
      // A word that is moved to the next line leaves at least half of this one.
      if rest[end] != " ", let blank = part.lastIndex(of: " "),
        part.distance(from: part.startIndex, to: blank) >= columns / 2
      {
        end = blank
      }
      rows.append(String(rest[..<end]))
      rest = rest[end...]
      if rest.first == " " { rest = rest.dropFirst() }
    }
    return rows + [String(rest)]
  }

  private static func prefix(_ text: Substring, _ columns: Int) -> (text: Substring, isAll: Bool) {
    var used = 0
    var index = text.startIndex
    while index < text.endIndex {
      let width = text[index].unicodeScalars.reduce(0) { $0 + GlyphWidth.of($1) }
      // One character wider than the line must not stop the text for ever.
      if used + width > columns, used > 0 { return (text[..<index], false) }
      used += width
      index = text.index(after: index)
    }
    return (text, true)
  }

  private static func isGlue(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xad, 0x180b...0x180f, 0x200b...0x200d, 0x2060...0x206f, 0xfe00...0xfe0f, 0xfeff, 0x1f3fb...0x1f3ff,
      0xe0100...0xe01ef:
      true
    default: false
    }
  }
}
