import Wire

/// The search over all sessions: what it has found stands in the list's place until Escape.
extension TerminalModel {
  /// Asks the server for words.
  mutating func searchEverywhere(_ words: String) -> [TerminalAction] {
    guard !words.allSatisfy(\.isWhitespace) else { return [] }
    found = SearchResults(words: words)
    pane = .sessions
    arrange()
    return [.ask(.search(words))]
  }

  mutating func takeInFound(_ key: Key) -> [TerminalAction] {
    let page = listRows
    switch key {
    case .up, .character("k"): found?.move(by: -1)
    case .down, .character("j"): found?.move(by: 1)
    case .pageUp, .control("b"), .control("u"): found?.move(by: -page)
    case .pageDown, .control("f"), .control("d"), .character(" "): found?.move(by: page)
    case .home, .character("g"): found?.select(index: 0)
    case .end, .character("G"): found?.select(index: .max)
    case .enter, .right, .character("l"): return openFound()
    case .character("s"), .character("/"): prompt = Prompt(.everywhere, found?.words ?? "")
    case .escape: found = nil
    default: return []
    }
    arrange()
    return open?.more() ?? []
  }

  /// Opens what is selected, at the record that was found.
  mutating func openFound() -> [TerminalAction] {
    guard let line = found?.selection else { return [] }
    return show(line.session, at: line.cursor.map { .record($0, text: line.matched.first) })
  }

  /// Opens the line of a row of the list.
  mutating func clickFound(row: Int) -> [TerminalAction] {
    guard let found, let count = found.lines?.count, found.top + row < count else { return [] }
    self.found?.select(index: found.top + row)
    return openFound()
  }

  // MARK: Drawing

  /// What stands over the list.
  var foundTitle: String? {
    guard let found else { return nil }
    let count = found.lines.map { lines in
      let shown = Set(lines.map(\.session)).count
      return "  \(found.total) sessions" + (shown < found.total ? ", \(shown) shown" : "")
    }
    return "“\(GridText.line(found.words))”" + (count ?? "")
  }

  func drawFound(_ found: SearchResults, _ canvas: inout Canvas, _ now: Timestamp) {
    let columns = listColumns
    guard let lines = found.lines, !lines.isEmpty else {
      canvas.write(
        found.lines == nil ? "searching…" : "no session has these words", row: 2, column: 2, limit: columns,
        style: Style(.quiet))
      return
    }
    for (index, line) in lines.enumerated().dropFirst(found.top).prefix(listRows) {
      let isSelected = index == found.selected
      let isActive = isSelected && (pane == .sessions || open == nil)
      let row = index - found.top + 1
      if isActive { canvas.fill(row: row, to: columns, style: Style(isSelected: true)) }
      var spans = [Span(isSelected ? "▌" : " ")]
      if line.cursor == nil {
        let age = line.updated.map { MomentText.age($0, now: now) } ?? ""
        spans.append(Span(String(repeating: " ", count: max(1, 5 - age.count)) + age + " ", .quiet))
        spans.append(Span(GridText.clipped(line.agent, to: 7) + " ", .agent))
      } else {
        spans.append(Span("       "))
      }
      let start = canvas.write(spans, row: row, column: 0, limit: columns, isSelected: isActive)
      let text = line.excerpt(columns - start - 1)
      let style = Style(line.cursor == nil ? .strong : .plain, isSelected: isActive)
      canvas.write(text, row: row, column: start, limit: columns, style: style)
      for place in line.matched.flatMap({ Aim.columns(of: $0, in: text) }) {
        let columns = (place.lowerBound + start)..<(place.upperBound + start)
        canvas.restyle(row: row, columns: columns, Style(.found))
      }
    }
  }
}

extension SearchResults.Line {
  /// As much of it as fits, around the first of what was looked for.
  func excerpt(_ room: Int) -> String {
    let first = matched.flatMap { Aim.columns(of: $0, in: text) }.min { $0.lowerBound < $1.lowerBound }
    guard let first, first.upperBound > room - 1 else { return GridText.clipped(text, to: room) }
    var (rest, left) = (text[...], max(0, first.lowerBound - room / 3))
    while left > 0, let character = rest.popFirst() { left -= GridText.width(String(character)) }
    return GridText.clipped("…" + rest, to: room)
  }
}
