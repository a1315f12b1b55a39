import Wire

/// One row of a transcript on the screen. A value.
struct TranscriptLine {
  var spans: [Span]
  /// The block that it shows.
  var block: Int?

  var text: String { spans.map(\.text).joined() }
}

/// Turns items into the lines that show them. A value.
struct ItemLayout {
  /// Columns of a line.
  let columns: Int
  /// Whether what can be folded is shown whole.
  var opensAll = false
  /// What the agent is called.
  var agent = "Agent"

  /// Characters of a text that are shown before it is unfolded, and after.
  private static let shortText = 8000
  private static let longText = 400_000
  /// Two messages of one speaker within this time stand under one heading.
  private static let pause: Int64 = 15 * 60_000

  /// The lines of an item.
  /// - Parameter previous: what stands above it; the first of a speaker gets a heading.
  func lines(_ item: TranscriptItem, after previous: TranscriptItem?) -> [TranscriptLine] {
    switch item.kind {
    case .mark(let text, let isBad):
      let mark = "── \(GridText.line(text)) "
      let rule = String(repeating: "─", count: max(0, min(columns, 60) - GridText.width(mark)))
      return [TranscriptLine(spans: [Span(mark + rule, isBad ? .bad : .quiet)])] + blocks(item)
    case .message(let role):
      if item.blocks.isEmpty { return [] }
      let who = speaker(item, role)
      return (isNext(item, who, previous) ? [] : heading(item, role, who)) + blocks(item)
    }
  }

  // MARK: Headings

  private func speaker(_ item: TranscriptItem, _ role: TranscriptItem.Role) -> String {
    if let author = item.author { return GridText.line(author) }
    switch role {
    case .user: return item.blocks.allSatisfy { $0.kind == .result } ? "Tool" : "You"
    case .assistant: return agent
    case .system: return "System"
    }
  }

  private func isNext(_ item: TranscriptItem, _ who: String, _ previous: TranscriptItem?) -> Bool {
    guard let previous, case .message(let role) = previous.kind, !previous.blocks.isEmpty,
      speaker(previous, role) == who, previous.isSidechain == item.isSidechain,
      previous.isQueued == item.isQueued
    else { return false }
    guard let time = item.timestamp, let before = previous.timestamp else { return true }
    return time.milliseconds - before.milliseconds < Self.pause
  }

  private func heading(
    _ item: TranscriptItem, _ role: TranscriptItem.Role, _ who: String
  ) -> [TranscriptLine] {
    let colour: Style.Role =
      switch role {
      case .user: .user
      case .assistant: .agent
      case .system: .strong
      }
    var spans = [Span(who, colour)]
    if let time = item.timestamp { spans.append(Span("  " + MomentText.local(time), .quiet)) }
    if item.isSidechain { spans.append(Span("  sub-agent", .quiet)) }
    if item.isQueued { spans.append(Span("  queued", .warning)) }
    if item.isError { spans.append(Span("  error", .bad)) }
    return [TranscriptLine(spans: []), TranscriptLine(spans: spans)]
  }

  // MARK: Blocks

  private func blocks(_ item: TranscriptItem) -> [TranscriptLine] {
    item.blocks.enumerated().flatMap { index, block in
      lines(block, isError: item.isError).map { TranscriptLine(spans: $0, block: index) }
    }
  }

  private func lines(_ block: Block, isError: Bool) -> [[Span]] {
    switch block.kind {
    case .text: text(block, isError ? .bad : .plain)
    case .thinking: folded(block, head: [Span(block.name + " ", .quiet)], hint: block.text, .quiet)
    case .call: call(block)
    case .result:
      folded(block, head: [Span("Answer ", block.isError ? .bad : .tool)], hint: block.text, .plain)
    case .media:
      [[Span("<\(GridText.line(block.text)) \(GridText.line(block.name))\(size(block.leftOut))>", .quiet)]]
    case .other: [[Span("<\(GridText.line(block.text))>", .quiet)]]
    }
  }

  private func isOpen(_ block: Block) -> Bool { block.isOpen ?? opensAll }

  private func text(_ block: Block, _ role: Style.Role) -> [[Span]] {
    var lines = shown(block.text, limit: isOpen(block) ? Self.longText : Self.shortText, role, inset: "")
    if let bytes = block.leftOut { lines.append([Span("only the beginning\(size(bytes)) is shown", .quiet)]) }
    return lines
  }

  private func folded(_ block: Block, head: [Span], hint: String, _ role: Style.Role) -> [[Span]] {
    guard isOpen(block) else {
      return [clip([Span("▸ ", .quiet)] + head + [Span(GridText.firstLine(hint), .quiet)])]
    }
    return [[Span("▾ ", .quiet)] + head] + shown(block.text, limit: Self.longText, role, inset: "  ")
  }

  private func call(_ block: Block) -> [[Span]] {
    let input = ToolInput(input: block.input)
    let head = [
      Span(isOpen(block) ? "▾ " : "▸ ", .quiet), Span(GridText.line(block.name), .tool),
      Span(" " + input.summary, block.isQuestion ? .warning : .plain),
    ]
    var lines = [clip(head, end: outcome(block))]
    if isOpen(block) {
      lines += input.lines.flatMap { span in
        GridText.wrapped(span.text, to: columns - 2).map { [Span("  "), Span($0, span.style.role)] }
      }
      if let answer = block.answer {
        lines.append([
          Span("  └ ", .quiet), Span(answer.isError ? "error" : "answer", answer.isError ? .bad : .quiet),
        ])
        lines += shown(answer.text, limit: Self.longText, answer.isError ? .bad : .plain, inset: "    ")
        if let bytes = answer.leftOut {
          lines.append([Span("    only the beginning\(size(bytes)) is shown", .quiet)])
        }
      }
    }
    if let progress = block.progress, block.answer == nil {
      lines.append(clip([Span("  … ", .quiet), Span(GridText.line(String(progress.suffix(400))), .quiet)]))
    }
    if let child = block.child { lines.append(clip([Span("  → sub-agent \(GridText.line(child))", .quiet)])) }
    return lines
  }

  /// What came of a call, in a few characters.
  private func outcome(_ block: Block) -> Span {
    guard let answer = block.answer else { return Span(" ·", .quiet) }
    if answer.isError { return Span(" ✗ error", .bad) }
    let count =
      answer.text.utf8.count { $0 == 0x0a } + (answer.text.isEmpty || answer.text.hasSuffix("\n") ? 0 : 1)
    return Span(count == 1 ? " ✓ 1 line" : " ✓ \(count) lines", .good)
  }

  // MARK: Pieces

  /// A text's lines, as many of them as the limit of characters allows.
  private func shown(_ text: String, limit: Int, _ role: Style.Role, inset: String) -> [[Span]] {
    let part = text.prefix(limit)
    var ended = part
    while ended.last?.isNewline == true { ended.removeLast() }
    var lines = GridText.wrapped(GridText.of(String(ended)), to: columns - inset.count).map { line in
      inset.isEmpty ? [Span(line, role)] : [Span(inset), Span(line, role)]
    }
    let rest = text.utf8.count - part.utf8.count
    if rest > 0 { lines.append([Span(inset + "… \(ByteSize.rounded(rest)) more", .quiet)]) }
    return lines
  }

  /// A line that is cut where the screen ends, but for what stands at its end.
  private func clip(_ spans: [Span], end: Span? = nil) -> [Span] {
    var left = columns - (end.map { GridText.width($0.text) } ?? 0)
    var clipped: [Span] = []
    for span in spans {
      let text = GridText.clipped(span.text, to: left)
      left -= GridText.width(text)
      clipped.append(Span(text, span.style.role))
    }
    return clipped + (end.map { [$0] } ?? [])
  }

  private func size(_ bytes: Int64?) -> String {
    bytes.map { " of \(ByteSize.rounded(Int(clamping: $0)))" } ?? ""
  }
}
