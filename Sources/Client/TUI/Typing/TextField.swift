/// A text that is being typed, and where the next character goes. A value.
struct TextField: Equatable {
  private(set) var text = ""
  /// The place of the next character, counted from the beginning.
  private var place = 0
  /// Whether line ends belong to it.
  let isMultiline: Bool
  /// Most characters of a message (API section 2).
  private static let limit = 100_000

  init(_ text: String = "", isMultiline: Bool = false) {
    self.text = text
    self.isMultiline = isMultiline
    place = text.count
  }

  /// Takes a key; false for one that means nothing to a text.
  mutating func take(_ key: Key) -> Bool {
    switch key {
    case .character(let character): insert(String(character))
    case .paste(let text): insert(isMultiline ? text : String(text.map { $0.isNewline ? " " : $0 }))
    case .altEnter where isMultiline, .control("j") where isMultiline: insert("\n")
    case .backspace, .control("h"): remove(place - 1..<place)
    case .delete, .control("d"): remove(place..<place + 1)
    case .left, .control("b"): place = max(0, place - 1)
    case .right, .control("f"): place = min(text.count, place + 1)
    case .home, .control("a"): place = lineStart
    case .end, .control("e"): place = lineEnd
    case .up where isMultiline: move(-1)
    case .down where isMultiline: move(1)
    case .control("u"): remove(lineStart..<place)
    case .control("k"): remove(place..<lineEnd)
    case .control("w"): remove(wordStart..<place)
    default: return false
    }
    return true
  }

  /// The lines in which it is shown, and the place of the cursor among them.
  func rows(_ columns: Int) -> (rows: [String], cursor: Canvas.Position) {
    var rows: [String] = []
    var cursor = Canvas.Position(row: 0, column: 0)
    var row = ""
    var width = 0
    for (index, character) in (text + "\n").enumerated() {
      let shown = character == "\n" ? "" : GridText.line(String(character))
      let columnsOfIt = GridText.width(shown)
      if width + max(1, columnsOfIt) > columns, character != "\n" || index == place {
        rows.append(row)
        (row, width) = ("", 0)
      }
      if index == place { cursor = Canvas.Position(row: rows.count, column: width) }
      row += shown
      width += columnsOfIt
      if character == "\n" {
        rows.append(row)
        (row, width) = ("", 0)
      }
    }
    return (rows, cursor)
  }

  private mutating func insert(_ piece: String) {
    let piece = String(piece.prefix(Self.limit - text.count))
    let before = text.count
    text.insert(contentsOf: piece, at: index(place))
    // A mark may join the character before it.
    place += text.count - before
  }

  private mutating func remove(_ range: Range<Int>) {
    let range = range.clamped(to: 0..<text.count)
    if range.isEmpty { return }
    text.removeSubrange(index(range.lowerBound)..<index(range.upperBound))
    place = range.lowerBound
  }

  private mutating func move(_ by: Int) {
    let column = place - lineStart
    if by < 0 {
      if lineStart == 0 { return }
      place = lineStart - 1
    } else {
      if lineEnd == text.count { return }
      place = lineEnd + 1
    }
    place = min(lineStart + column, lineEnd)
  }

  private func index(_ place: Int) -> String.Index { text.index(text.startIndex, offsetBy: place) }

  private var lineStart: Int {
    let before = text[..<index(place)]
    return before.lastIndex(of: "\n").map { text.distance(from: text.startIndex, to: $0) + 1 } ?? 0
  }

  private var lineEnd: Int {
    let after = text[index(place)...]
    return after.firstIndex(of: "\n").map { text.distance(from: text.startIndex, to: $0) } ?? text.count
  }

  private var wordStart: Int {
    let before = text[..<index(place)]
    let word = before.reversed().drop { $0 == " " }.drop { $0 != " " && $0 != "\n" }
    return word.count
  }
}
