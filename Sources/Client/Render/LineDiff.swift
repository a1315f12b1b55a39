/// The lines by which two texts differ, as `diff -u` shows them. A value.
struct LineDiff {
  private enum Change { case same, gone, new }
  private var lines: [(change: Change, text: String)] = []

  init(_ before: [UInt8], _ after: [UInt8]) {
    let (old, new) = (Self.lines(before), Self.lines(after))
    // The longest common run of lines of every rest, by the table of the textbook: settings are short.
    var table = [[Int32]](repeating: [Int32](repeating: 0, count: new.count + 1), count: old.count + 1)
    for i in old.indices.reversed() {
      for j in new.indices.reversed() {
        table[i][j] = old[i] == new[j] ? table[i + 1][j + 1] + 1 : max(table[i + 1][j], table[i][j + 1])
      }
    }
    var (i, j) = (0, 0)
    while i < old.count || j < new.count {
      if i < old.count, j < new.count, old[i] == new[j] {
        lines.append((.same, old[i]))
        (i, j) = (i + 1, j + 1)
      } else if j == new.count || (i < old.count && table[i + 1][j] >= table[i][j + 1]) {
        lines.append((.gone, old[i]))
        i += 1
      } else {
        lines.append((.new, new[j]))
        j += 1
      }
    }
  }

  /// The lines that differ with what stands around them.
  func text(around: Int = 3) -> [String] {
    let changed = lines.indices.filter { lines[$0].change != .same }
    var shown = Set<Int>()
    for index in changed { shown.formUnion(max(0, index - around)...min(lines.count - 1, index + around)) }
    var text: [String] = []
    var last: Int?
    for index in shown.sorted() {
      if let last, index > last + 1 { text.append("…") }
      last = index
      let sign =
        switch lines[index].change {
        case .same: " "
        case .gone: "-"
        case .new: "+"
        }
      text.append(sign + VisibleText.of(lines[index].text))
    }
    return text
  }

  private static func lines(_ bytes: [UInt8]) -> [String] {
    var lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { String(decoding: $0, as: UTF8.self) }
  }
}
