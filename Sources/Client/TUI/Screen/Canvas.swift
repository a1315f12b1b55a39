/// A screen to be shown: cells, and where the cursor stands. A value; nothing that is written to it leaves its place.
struct Canvas: Equatable {
  /// A place of the grid, from 0.
  struct Position: Equatable {
    var row: Int
    var column: Int
  }

  let size: ScreenSize
  private(set) var cells: [Cell]
  /// Where typing goes; nil hides the cursor.
  var cursor: Position?

  init(_ size: ScreenSize) {
    self.size = size
    cells = [Cell](repeating: Cell(), count: max(0, size.columns * size.rows))
  }

  subscript(row: Int, column: Int) -> Cell { cells[row * size.columns + column] }

  /// Writes text from a column on, at most up to another one; the column behind it.
  @discardableResult
  mutating func write(
    _ text: some StringProtocol, row: Int, column: Int, limit: Int? = nil, style: Style = Style()
  ) -> Int {
    let limit = min(limit ?? size.columns, size.columns)
    guard (0..<size.rows).contains(row), column >= 0 else { return column }
    var column = column
    var last: Int?
    for scalar in text.unicodeScalars {
      let width = GlyphWidth.of(scalar)
      if width == 0 {
        if let last { cells[last].text.unicodeScalars.append(scalar) }
        continue
      }
      if column + width > limit { break }
      let index = row * size.columns + column
      for place in index..<(index + width) { release(place, row) }
      cells[index] = Cell(text: String(scalar), style: style)
      if width == 2 { cells[index + 1] = Cell(text: "", style: style) }
      last = index
      column += width
    }
    return column
  }

  /// Writes pieces one behind the other; the column behind them.
  @discardableResult
  mutating func write(
    _ spans: [Span], row: Int, column: Int, limit: Int? = nil, isSelected: Bool = false
  ) -> Int {
    spans.reduce(column) { column, span in
      var style = span.style
      style.isSelected = isSelected
      return write(span.text, row: row, column: column, limit: limit, style: style)
    }
  }

  /// Fills columns of a row with blanks.
  mutating func fill(row: Int, from: Int = 0, to: Int? = nil, style: Style = Style()) {
    let to = min(to ?? size.columns, size.columns)
    guard (0..<size.rows).contains(row), from < to else { return }
    write(String(repeating: " ", count: to - from), row: row, column: from, limit: to, style: style)
  }

  /// Gives what stands in columns of a row another style.
  mutating func restyle(row: Int, columns: Range<Int>, _ style: Style) {
    for column in columns.clamped(to: 0..<size.columns) { cells[row * size.columns + column].style = style }
  }

  /// A row as text.
  func text(row: Int) -> String {
    cells[(row * size.columns)..<((row + 1) * size.columns)].map(\.text).joined()
  }

  /// What stands in a cell goes whole: half of a wide character is none.
  private mutating func release(_ index: Int, _ row: Int) {
    if cells[index].text.isEmpty, index > row * size.columns { cells[index - 1].text = " " }
    if index + 1 < (row + 1) * size.columns, cells[index + 1].text.isEmpty { cells[index + 1].text = " " }
    cells[index].text = " "
  }
}
