import Wire

/// The model as cells.
extension TerminalModel {
  /// The smallest screen that shows anything.
  static let smallest = ScreenSize(columns: 24, rows: 6)

  /// The screen as it is now.
  mutating func draw(now: Timestamp) -> Canvas {
    var canvas = Canvas(size)
    guard size.columns >= Self.smallest.columns, size.rows >= Self.smallest.rows else {
      canvas.write("too small", row: 0, column: 0)
      return canvas
    }
    let showsList = isWide || pane == .sessions || open == nil
    let showsTranscript = open != nil && (isWide || pane == .transcript)
    if showsList {
      if let found { drawFound(found, &canvas, now) } else { drawList(&canvas, now) }
    }
    if showsTranscript { drawTranscript(&canvas) }
    if isWide {
      for row in 1..<(size.rows - 1 - promptRows) {
        canvas.write("│", row: row, column: listColumns, style: Style(.quiet))
      }
      if open == nil {
        canvas.write("Enter opens a session, ? shows the keys", row: 2, column: listColumns + 3)
      }
    }
    drawHead(&canvas)
    drawFoot(&canvas)
    drawOverlay(&canvas)
    if let cursor = canvas.cursor {
      canvas.cursor = Canvas.Position(
        row: min(cursor.row, size.rows - 1), column: min(cursor.column, size.columns - 1))
    }
    return canvas
  }

  // MARK: Head and foot

  private func drawHead(_ canvas: inout Canvas) {
    let bar = Style(.bar)
    canvas.fill(row: 0, style: bar)
    let isList = pane == .sessions || open == nil
    let (state, isBad) = isList ? feedState : transcriptState
    let end = size.columns - GridText.width(state) - 2
    let title: String
    if isList || isWide {
      let waiting = list.waiting > 0 ? ", \(list.waiting) waiting" : ""
      let filter = list.filter.isEmpty ? "" : "  filter: " + GridText.line(list.filter)
      title =
        foundTitle
        ?? "Tailcast  \(list.shown.count) sessions\(waiting)\(list.closedToo ? ", closed too" : "")\(filter)"
      canvas.write(
        GridText.clipped(" " + title, to: isWide ? listColumns : end - 1), row: 0, column: 0, limit: end,
        style: bar)
    }
    if !isList || (isWide && open != nil) {
      canvas.write(
        GridText.clipped(transcriptTitle, to: end - (isWide ? listColumns + 2 : 1) - 1), row: 0,
        column: isWide ? listColumns + 2 : 1, limit: end, style: bar)
    }
    canvas.write(state, row: 0, column: end + 1, style: Style(.bar, isSelected: isBad))
  }

  private var feedState: (text: String, isBad: Bool) {
    switch feed.phase {
    case .live: ("LIVE", false)
    case .connecting, .replaying: ("CONNECTING", false)
    case .offline: ("OFFLINE", true)
    }
  }

  /// How what is shown stands to what is written.
  var transcriptState: (text: String, isBad: Bool) {
    guard let open else { return feedState }
    switch open.stream.phase {
    case .offline: return ("OFFLINE", true)
    case _ where open.failure != nil: return ("FAILED", true)
    case .connecting: return ("CONNECTING", false)
    case .replaying: return (open.stream.isLagging ? "BEHIND" : "REPLAYING", false)
    case .live where !open.view.isFollowing:
      return (open.unread > 0 ? "PAUSED, \(open.unread) NEW" : "PAUSED", false)
    case .live: return (open.stream.isLagging ? "BEHIND" : "LIVE", false)
    }
  }

  private var transcriptTitle: String {
    guard let id = open?.id else { return "" }
    guard let row = list[id] else { return id }
    return [row.agent, row.isWaiting ? "waiting for you" : row.status, row.name, row.project]
      .filter { !$0.isEmpty }.joined(separator: " · ")
  }

  private func drawFoot(_ canvas: inout Canvas) {
    let row = size.rows - 1
    switch prompt?.purpose {
    case .message: drawComposer(&canvas)
    case .some: drawPrompt(&canvas)
    case nil:
      if let remark {
        let (text, role): (String, Style.Role) =
          switch remark {
          case .good(let text): (text, .good)
          case .bad(let text): (text, .bad)
          }
        canvas.write(
          GridText.clipped(GridText.line(text), to: size.columns), row: row, column: 0, style: Style(role))
      } else if let hunt = open?.hunt, pane == .transcript {
        let text = "looking for \(hunt.aim.name) further \(hunt.forward ? "on" : "back"); Esc stops"
        canvas.write(text, row: row, column: 0, style: Style(.warning))
      } else {
        let hints =
          pane == .sessions || open == nil
          ? found == nil
            ? "Enter open  / filter  s search all  d details  ? keys  q quit"
            : "Enter open  s search again  Esc list  ? keys  q quit"
          : "i write  x stop  / find  e error  f pause  Enter fold  Esc list  ? keys  q quit"
        canvas.write(GridText.clipped(hints, to: size.columns), row: row, column: 0, style: Style(.quiet))
      }
    }
  }

  private func drawPrompt(_ canvas: inout Canvas) {
    guard let prompt else { return }
    let row = size.rows - 1
    if prompt.purpose == .answer, let pending {
      let top = row - promptRows
      canvas.write(String(repeating: "─", count: size.columns), row: top, column: 0, style: Style(.quiet))
      for (index, line) in pending.lines.prefix(promptRows - 1).enumerated() {
        canvas.write(GridText.clipped(line, to: size.columns), row: top + 1 + index, column: 0)
      }
    }
    let column = canvas.write(prompt.label, row: row, column: 0, style: Style(.strong))
    let room = max(4, size.columns - column - 1)
    let (rows, cursor) = prompt.field.rows(room)
    canvas.write(rows[min(cursor.row, rows.count - 1)], row: row, column: column)
    canvas.cursor = Canvas.Position(row: row, column: column + cursor.column)
  }

  private func drawComposer(_ canvas: inout Canvas) {
    guard let prompt else { return }
    let (rows, cursor) = prompt.field.rows(size.columns - 3)
    let height = promptRows - 1
    let first = max(0, min(cursor.row - height + 1, rows.count - height))
    let top = size.rows - 1 - height
    canvas.write(String(repeating: "─", count: size.columns), row: top - 1, column: 0, style: Style(.quiet))
    for (index, line) in rows.dropFirst(first).prefix(height).enumerated() {
      canvas.write(index + first == 0 ? prompt.label : "  ", row: top + index, column: 0, style: Style(.user))
      canvas.write(line, row: top + index, column: 2)
    }
    canvas.cursor = Canvas.Position(row: top + cursor.row - first, column: 2 + cursor.column)
    canvas.write(
      GridText.clipped("Enter sends  Alt-Enter begins a line  Esc keeps the draft", to: size.columns),
      row: size.rows - 1, column: 0, style: Style(.quiet))
  }

  // MARK: The list

  private func drawList(_ canvas: inout Canvas, _ now: Timestamp) {
    let columns = listColumns
    if list.shown.isEmpty {
      let text =
        list.pages == 0 ? "reading…" : list.filter.isEmpty ? "no sessions" : "no session passes the filter"
      canvas.write(text, row: 2, column: 2, limit: columns, style: Style(.quiet))
      return
    }
    for (index, row) in list.shown.dropFirst(list.top).prefix(listRows).enumerated() {
      let isSelected = row.id == list.selected
      let isActive = isSelected && (pane == .sessions || open == nil)
      let y = index + 1
      if isActive { canvas.fill(row: y, to: columns, style: Style(isSelected: true)) }
      let age = row.updated.map { MomentText.age($0, now: now) } ?? ""
      var spans = [Span(isSelected ? "▌" : " "), row.sign]
      spans.append(Span(String(repeating: " ", count: max(1, 5 - age.count)) + age + " ", .quiet))
      spans.append(Span(row.agent.padding(to: 7) + " ", .agent))
      let used = spans.reduce(0) { $0 + GridText.width($1.text) }
      let project = columns >= 70 && !row.project.isEmpty ? " " + lastPart(row.project) : ""
      let room = columns - used - GridText.width(project) - 1
      let name = GridText.clipped(row.name, to: room)
      spans.append(Span(name, isActive || row.isWaiting ? .strong : .plain))
      canvas.write(spans, row: y, column: 0, limit: columns, isSelected: isActive)
      if !project.isEmpty {
        canvas.write(
          project, row: y, column: columns - GridText.width(project) - 1, limit: columns,
          style: Style(.quiet, isSelected: isActive))
      }
    }
  }

  private func lastPart(_ path: String) -> String {
    GridText.clipped(path.split(separator: "/").last.map(String.init) ?? path, to: 20)
  }

  // MARK: The transcript

  private mutating func drawTranscript(_ canvas: inout Canvas) {
    guard let open else { return }
    let left = isWide ? listColumns + 1 : 0
    let rows = open.view.size.rows
    if let failure = open.failure {
      canvas.write("This transcript cannot be shown:", row: 2, column: left + 2, style: Style(.bad))
      canvas.write(GridText.line(failure), row: 3, column: left + 2)
      return
    }
    let window = self.open?.view.window() ?? []
    if window.isEmpty {
      canvas.write(
        open.isEmpty ? "nothing here yet; what comes is shown at once" : "reading…", row: 2, column: left + 2,
        style: Style(.quiet))
    }
    for (index, (place, line)) in window.enumerated() {
      let row = index + 1
      let isCursor = place == open.view.cursor && pane == .transcript
      if isCursor { canvas.write("▌", row: row, column: left, style: Style(.user)) }
      canvas.write(line.spans, row: row, column: left + 2)
      if let wanted = open.searched {
        for columns in Aim.columns(of: wanted, in: line.text) {
          canvas.restyle(
            row: row, columns: (columns.lowerBound + left + 2)..<(columns.upperBound + left + 2),
            Style(.found))
        }
      }
    }
    for (index, text) in outgoingShown.enumerated() {
      let row = rows + 1 + index
      canvas.write(
        GridText.clipped("\(text.state): \(GridText.firstLine(text.text))", to: open.view.size.columns - 2),
        row: row,
        column: left + 2, style: Style(.warning))
    }
  }

  // MARK: Overlays

  private mutating func drawOverlay(_ canvas: inout Canvas) {
    let lines: [Span]
    switch overlay {
    case nil: return
    case .help: lines = KeyList.lines
    case .details(let facts): lines = facts
    }
    let width = min(size.columns - 2, 76)
    let left = size.columns - width - 1
    let wrapped = lines.flatMap { span in
      GridText.wrapped(span.text, to: width - 4).map { Span($0, span.style.role) }
    }
    let height = min(size.rows - 2, wrapped.count + 2)
    overlayTop = max(0, min(overlayTop, wrapped.count - height + 2))
    let rule = String(repeating: "─", count: width - 2)
    canvas.cursor = nil
    canvas.write("┌" + rule + "┐", row: 1, column: left, style: Style(.quiet))
    for index in 0..<(height - 2) {
      let row = 2 + index
      canvas.fill(row: row, from: left, to: left + width)
      canvas.write("│", row: row, column: left, style: Style(.quiet))
      canvas.write([wrapped[overlayTop + index]], row: row, column: left + 2, limit: left + width - 2)
      canvas.write("│", row: row, column: left + width - 1, style: Style(.quiet))
    }
    canvas.write("└" + rule + "┘", row: height, column: left, style: Style(.quiet))
  }
}

extension String {
  /// With blanks at its end, so long.
  fileprivate func padding(to length: Int) -> String {
    let text = GridText.clipped(self, to: length)
    return text + String(repeating: " ", count: max(0, length - GridText.width(text)))
  }
}
