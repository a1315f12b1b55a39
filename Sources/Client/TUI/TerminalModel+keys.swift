import Wire

/// What keys and the mouse do.
extension TerminalModel {
  mutating func take(_ key: Key) -> [TerminalAction] {
    switch key {
    case .control("c"): return [.quit]
    case .control("z"): return [.suspend]
    case .control("l"): return [.redraw]
    default: break
    }
    if overlay != nil { return takeInOverlay(key) }
    if prompt != nil { return takeInPrompt(key) }
    switch key {
    case .click(let row, let column): return click(row, column)
    case .wheel(_, let column, let by): return wheel(column, by)
    case .character("q"): return [.quit]
    case .character("?"):
      (overlay, overlayTop) = (.help, 0)
      return []
    case .character("M"):
      mouse.toggle()
      return [.mouse(mouse)] + say(.good(mouse ? "the mouse is taken" : "the mouse is the terminal's"))
    case .tab where open != nil, .backTab where open != nil:
      pane = pane == .sessions ? .transcript : .sessions
      return []
    default:
      guard pane == .sessions || open == nil else { return takeInTranscript(key) }
      return found == nil ? takeInList(key) : takeInFound(key)
    }
  }

  // MARK: The list

  private mutating func takeInList(_ key: Key) -> [TerminalAction] {
    switch key {
    case .up, .character("k"): list.move(by: -1)
    case .down, .character("j"): list.move(by: 1)
    case .pageUp, .control("b"), .control("u"): list.move(by: -listRows)
    case .pageDown, .control("f"), .control("d"), .character(" "): list.move(by: listRows)
    case .home, .character("g"): list.move(by: -list.shown.count)
    case .end, .character("G"): list.move(by: list.shown.count)
    case .enter, .right, .character("l"):
      guard let row = list.selection else { return [] }
      return show(row.id)
    case .character("/"): prompt = Prompt(.filter, list.filter)
    case .character("s"): prompt = Prompt(.everywhere)
    case .escape: list.filter = ""
    case .character("c"):
      list.closedToo.toggle()
      return say(.good(list.closedToo ? "closed sessions too" : "open sessions only"))
        + readList()
    case .character("d"): if let row = list.selection { showDetails(Details.of(row)) }
    default: return []
    }
    list.settle(rows: listRows)
    return []
  }

  // MARK: The transcript

  private mutating func takeInTranscript(_ key: Key) -> [TerminalAction] {
    guard let id = open?.id else { return [] }
    let page = transcriptSize.rows
    switch key {
    case .up, .character("k"): open?.view.move(by: -1)
    case .down, .character("j"): open?.view.move(by: 1)
    case .pageUp, .control("b"): open?.view.scroll(by: 1 - page)
    case .pageDown, .control("f"): open?.view.scroll(by: page - 1)
    case .control("u"): open?.view.scroll(by: -page / 2)
    case .control("d"): open?.view.scroll(by: page / 2)
    case .character("["): open?.view.message(by: -1)
    case .character("]"): open?.view.message(by: 1)
    case .home, .character("g"): return open?.toStart() ?? []
    case .end, .character("G"): return open?.toEnd() ?? []
    case .enter, .character(" "): open?.view.toggle()
    case .character("z"): open?.view.toggleAll()
    case .character("o"):
      guard let child = open?.view.childAtCursor else { return say(.bad("no sub-agent was started here")) }
      return show(child)
    case .character("f"):
      guard open?.view.isFollowing == true else { return open?.toEnd() ?? [] }
      open?.view.pause()
    case .character("/"): prompt = Prompt(.search)
    case .character("s"): prompt = Prompt(.everywhere)
    case .character("t"): prompt = Prompt(.time)
    case .character("n"), .character("N"):
      guard let text = open?.searched else { return say(.bad("nothing was searched; / begins")) }
      return open?.find(.text(text), forward: key == .character("n")) ?? []
    case .character("e"), .character("E"): return open?.find(.error, forward: key == .character("e")) ?? []
    case .character("w"), .character("W"): return open?.find(.question, forward: key == .character("w")) ?? []
    case .character("u"), .character("U"): return open?.find(.prompt, forward: key == .character("u")) ?? []
    case .character("d"): showRecord()
    case .character("D"): if let row = list[id] { showDetails(Details.of(row)) }
    case .character("i"), .character("m"):
      prompt = Prompt(.message, drafts[id] ?? "")
      arrange()
    case .character("a"):
      (prompt, pending) = (Prompt(.answer), nil)
      return [.ask(.pending(id))]
    case .character("x"): prompt = Prompt(.interrupt)
    case .escape where open?.hunt != nil: open?.stopHunt()
    case .escape, .left, .character("h"): pane = .sessions
    default: return []
    }
    return open?.more() ?? []
  }

  // MARK: What is typed

  private mutating func takeInPrompt(_ key: Key) -> [TerminalAction] {
    guard var typed = prompt else { return [] }
    if typed.purpose == .interrupt {
      prompt = nil
      guard key == .character("y"), let id = open?.id else { return [] }
      return [.ask(.interrupt(id))]
    }
    if key == .enter { return enter(typed) }
    if key == .escape || (key == .backspace && typed.field.text.isEmpty && typed.purpose != .message) {
      prompt = nil
      if typed.purpose == .filter { list.filter = "" }
      if typed.purpose == .message, let id = open?.id { drafts[id] = typed.field.text }
      arrange()
      return []
    }
    if case .wheel(_, let column, let by) = key { return wheel(column, by) }
    guard typed.field.take(key) else { return [] }
    prompt = typed
    if typed.purpose == .filter { list.filter = typed.field.text }
    arrange()
    return []
  }

  private mutating func enter(_ typed: Prompt) -> [TerminalAction] {
    let text = typed.field.text
    prompt = nil
    arrange()
    if typed.purpose == .everywhere { return searchEverywhere(text) }
    guard let id = open?.id else { return [] }
    switch typed.purpose {
    case .time: return go(toTime: text)
    case .search: return open?.search(text) ?? []
    case .message: return text.allSatisfy(\.isWhitespace) ? [] : send(text, to: id)
    case .answer: return text.isEmpty ? [] : [.ask(.answer(id, text: text))]
    case .filter, .everywhere, .interrupt: return []
    }
  }

  private mutating func go(toTime text: String) -> [TerminalAction] {
    if text.allSatisfy(\.isWhitespace) { return [] }
    guard let time = MomentText.parse(text, from: open?.view.momentAtCursor) else {
      return say(.bad("“\(text)” is no time; 14:30, 2026-03-04, 2026-03-04 14:30, -10m and +2h are"))
    }
    return open?.go(to: .time(time)) ?? []
  }

  // MARK: Overlays

  private mutating func takeInOverlay(_ key: Key) -> [TerminalAction] {
    switch key {
    case .up, .character("k"), .wheel(_, _, -1): overlayTop = max(0, overlayTop - 1)
    case .down, .character("j"), .wheel(_, _, 1): overlayTop += 1
    case .pageDown, .character(" "): overlayTop += size.rows / 2
    case .pageUp: overlayTop = max(0, overlayTop - size.rows / 2)
    default: overlay = nil
    }
    return []
  }

  private mutating func showDetails(_ lines: [Span]) { (overlay, overlayTop) = (.details(lines), 0) }

  private mutating func showRecord() {
    guard let view = open?.view, view.transcript.numbers.contains(view.cursor.item) else { return }
    showDetails(Details.of(view.transcript[view.cursor.item]))
  }

  // MARK: The mouse

  private mutating func click(_ row: Int, _ column: Int) -> [TerminalAction] {
    let isList = isWide ? column < listColumns : pane == .sessions
    guard row >= 1 else { return [] }
    if isList {
      if found != nil { return row <= listRows ? clickFound(row: row - 1) : [] }
      guard row <= listRows, list.shown.indices.contains(list.top + row - 1) else { return [] }
      list.select(index: list.top + row - 1)
      return list.selection.map { show($0.id) } ?? []
    }
    guard let window = open?.view.window(), window.indices.contains(row - 1) else { return [] }
    pane = .transcript
    let place = window[row - 1].place
    // A first click moves the cursor, a click on a head folds.
    open?.view.go(to: place)
    if let first = window[row - 1].line.spans.first?.text, first.hasPrefix("▸") || first.hasPrefix("▾") {
      open?.view.toggle()
    }
    return open?.more() ?? []
  }

  private mutating func wheel(_ column: Int, _ by: Int) -> [TerminalAction] {
    if isWide ? column < listColumns : pane == .sessions {
      if found == nil { list.scroll(by: by * 3, rows: listRows) } else { found?.move(by: by * 3) }
      arrange()
      return []
    }
    open?.view.scroll(by: by * 3)
    return open?.more() ?? []
  }
}
