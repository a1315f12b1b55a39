/// Columns of text under a heading. Widths are in characters; the last column runs free.
struct TextTable {
  private let heading: [String]
  private let limits: [Int]
  private var rows: [[String]] = []

  /// Columns with the most characters that each may take.
  init(_ columns: [(name: String, limit: Int)]) {
    heading = columns.map(\.name)
    limits = columns.map(\.limit)
  }

  /// Adds a row of text from anywhere.
  mutating func add(_ cells: [String]) {
    rows.append(zip(cells, limits).map { VisibleText.clipped(VisibleText.line($0), to: $1) })
  }

  /// The lines, heading first.
  var lines: [String] {
    let all = [heading] + rows
    let widths = heading.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      var line = row.indices.map { column in
        row[column] + String(repeating: " ", count: widths[column] - row[column].count)
      }.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
