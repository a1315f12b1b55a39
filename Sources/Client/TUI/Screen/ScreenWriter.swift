/// Canvases in, bytes for a terminal out: only what differs from what it shows. A value.
///
/// Nothing is ever cleared first, so nothing flickers; a terminal that knows mode 2026 shows each frame at once.
struct ScreenWriter {
  let palette: Palette
  /// Whether the terminal is given UTF-8; else what is not ASCII is replaced.
  let isUTF8: Bool
  /// What the terminal shows; nil when nobody knows.
  private var shown: Canvas?

  init(palette: Palette, isUTF8: Bool) {
    self.palette = palette
    self.isUTF8 = isUTF8
  }

  /// What the terminal shows is not known any more: it was resized, or somebody else has written to it.
  mutating func forget() { shown = nil }

  /// The bytes that make the terminal show a canvas; none if it does.
  mutating func bytes(for canvas: Canvas) -> [UInt8] {
    if shown == canvas { return [] }
    let before = shown.flatMap { $0.size == canvas.size ? $0 : nil }
    var text = "\u{1b}[?2026h\u{1b}[?25l"
    var style: Style?
    for row in 0..<canvas.size.rows {
      var place: Int?
      for column in 0..<canvas.size.columns {
        let cell = canvas[row, column]
        // The right half of a wide character is drawn with its left one.
        if cell == before?[row, column] || cell.text.isEmpty { continue }
        if place != column { text += "\u{1b}[\(row + 1);\(column + 1)H" }
        if style != cell.style {
          text += palette.sequence(cell.style)
          style = cell.style
        }
        text += drawn(cell.text, width: width(canvas, row, column))
        place = Self.isSure(cell.text) ? column + 1 : nil
      }
    }
    text += "\u{1b}[0m"
    if let cursor = canvas.cursor { text += "\u{1b}[\(cursor.row + 1);\(cursor.column + 1)H\u{1b}[?25h" }
    text += "\u{1b}[?2026l"
    shown = canvas
    return Array(text.utf8)
  }

  private func width(_ canvas: Canvas, _ row: Int, _ column: Int) -> Int {
    column + 1 < canvas.size.columns && canvas[row, column + 1].text.isEmpty ? 2 : 1
  }

  /// Whether all terminals agree on how far the cursor moves. Behind anything else it is placed anew, so that a
  /// terminal of another opinion spoils one cell and not the line.
  private static func isSure(_ text: String) -> Bool {
    guard text.unicodeScalars.count == 1, let scalar = text.unicodeScalars.first else { return false }
    return scalar.value < 0x7f || (0xa1...0x17f).contains(scalar.value)
      || (0x2500...0x259f).contains(scalar.value)
  }

  private func drawn(_ text: String, width: Int) -> String {
    if isUTF8 || text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    let plain = Self.replacements[text] ?? "?"
    return plain + String(repeating: " ", count: width - 1)
  }

  /// What stands for the program's own signs where there is no UTF-8.
  private static let replacements = [
    "─": "-", "│": "|", "▌": ">", "▸": "+", "▾": "-", "…": "~", "·": ".", "●": "*", "○": "o", "×": "x",
    "✓": "v",
    "✗": "!", "↓": "v", "→": ">", "└": "`", "├": "|", "┌": ".", "┐": ".", "┘": "'", "–": "-",
  ]
}
