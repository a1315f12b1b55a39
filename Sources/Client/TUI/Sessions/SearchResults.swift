import Wire

/// What a search over all sessions has found, line by line: each session, and below it its messages. A value.
struct SearchResults {
  /// A line that can be opened.
  struct Line: Equatable {
    let session: String
    /// What is shown of it.
    let text: String
    /// What stands in it of the words that were looked for.
    var matched: [String] = []
    /// The record that it is from; nil for the line of a session.
    var cursor: Cursor?
    var agent = ""
    var updated: Timestamp?
  }

  /// Sessions that are asked for.
  static let most = 50

  /// What was looked for.
  let words: String
  /// Nil while the server looks.
  private(set) var lines: [Line]?
  /// Sessions that were found, shown or not.
  private(set) var total = 0
  private(set) var selected = 0
  /// The first line in sight.
  private(set) var top = 0

  init(words: String) { self.words = words }

  var selection: Line? {
    guard let lines, lines.indices.contains(selected) else { return nil }
    return lines[selected]
  }

  /// Takes the server's answer, `GET search`.
  mutating func take(_ body: [UInt8]) {
    let json = JSONSlice(validating: body)
    let results = json?["results"]?.elements ?? []
    let found = results.flatMap(Self.lines(of:))
    total = json?["total"]?.int.flatMap { Int(exactly: $0) } ?? results.count
    lines = found
    // What was said is nearer to what is looked for than the session in which it was.
    selected = found.firstIndex { $0.cursor != nil } ?? 0
    top = 0
  }

  private static func lines(of result: JSONSlice) -> [Line] {
    guard let id = result["id"]?.string else { return [] }
    let title = GridText.firstLine(result["title"]?.string ?? "")
    let highlights = result["highlights"]?.elements ?? []
    let head = Line(
      session: id, text: title.isEmpty ? id : title,
      matched: highlights.first { $0["field"]?.string == "title" }.map(matched(in:)) ?? [],
      agent: GridText.line(result["agent"]?.string ?? ""),
      updated: (result["updated_at"]?.string).flatMap { Timestamp($0) })
    return [head]
      + highlights.filter { $0["field"]?.string == "message" }.map { highlight in
        Line(
          session: id, text: GridText.line(highlight["text"]?.string ?? ""), matched: matched(in: highlight),
          cursor: highlight["cursor"]?.string.flatMap { Cursor($0) })
      }
  }

  /// The texts that the places of a highlight name; places count UTF-16 units.
  private static func matched(in highlight: JSONSlice) -> [String] {
    let units = Array((highlight["text"]?.string ?? "").utf16)
    var texts: [String] = []
    for place in highlight["matches"]?.elements ?? [] {
      let ends = place.elements.compactMap { $0.int.flatMap { Int(exactly: $0) } }
      guard ends.count == 2, ends[0] >= 0, ends[0] < ends[1], ends[1] <= units.count else { continue }
      let text = GridText.line(String(decoding: units[ends[0]..<ends[1]], as: UTF16.self)).lowercased()
      if !texts.contains(text) { texts.append(text) }
    }
    return texts
  }

  // MARK: Moving

  mutating func move(by count: Int) { select(index: selected + count) }

  /// Selects a line, or the nearest one that there is.
  mutating func select(index: Int) { selected = max(0, min(index, (lines?.count ?? 0) - 1)) }

  /// Keeps the selection in sight.
  mutating func settle(rows: Int) {
    top = max(0, min(top, selected, (lines?.count ?? 0) - 1))
    top = max(top, selected - rows + 1)
  }
}
