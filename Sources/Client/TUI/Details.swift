import Wire

/// The facts of a session and of a record, line by line.
enum Details {
  /// All that the server says of a session, but for what it leaves empty.
  static func of(_ row: SessionRow) -> [Span] {
    let lines = AnswerText(view: .facts(below: []), body: Array(row.json.bytes), now: .now).lines ?? []
    return [Span(GridText.line(row.name), .strong), Span("")] + facts(lines.filter { !$0.hasSuffix(" ") })
  }

  /// What is known of an item.
  static func of(_ item: TranscriptItem) -> [Span] {
    var facts: [(String, String)] = []
    switch item.kind {
    case .message(let role): facts.append(("role", role.rawValue))
    case .mark(let text, _): facts.append(("mark", text))
    }
    if let id = item.id { facts.append(("position", id)) }
    if let uuid = item.uuid { facts.append(("uuid", uuid)) }
    if let time = item.timestamp { facts.append(("time", MomentText.local(time))) }
    if let model = item.model { facts.append(("model", model)) }
    if item.isSidechain { facts.append(("sub-agent", "yes")) }
    item.usage?.forEachMember { facts.append(("usage.\($0)", AnswerText.plain($1))) }
    for block in item.blocks {
      let size = ByteSize.rounded(block.text.utf8.count + (block.input?.utf8Count ?? 0))
      facts.append(
        ("block", [block.kindName, block.name, size].filter { !$0.isEmpty }.joined(separator: ", ")))
      if let call = block.callID { facts.append(("call", call)) }
      if let answer = block.answer {
        facts.append(
          ("answer", ByteSize.rounded(answer.text.utf8.count) + (answer.isError ? ", an error" : "")))
      }
      if let child = block.child { facts.append(("sub-agent", child)) }
    }
    let width = facts.map(\.0.count).max() ?? 0
    return [Span("Record", .strong), Span("")]
      + Self.facts(facts.map { $0 + String(repeating: " ", count: width - $0.count + 2) + $1 })
  }

  private static func facts(_ lines: [String]) -> [Span] { lines.map { Span(GridText.line($0)) } }
}

extension Block {
  /// What it is, in a word.
  fileprivate var kindName: String {
    switch kind {
    case .text: "text"
    case .thinking: "thinking"
    case .call: "call"
    case .result: "answer"
    case .media: text
    case .other: "unknown"
    }
  }
}
