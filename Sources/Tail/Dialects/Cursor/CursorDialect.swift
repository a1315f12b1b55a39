import Wire

/// Cursor CLI transcripts (TRANSCRIPTS sections 7 and 15.3): no ids, no times, so calls are named by their place.
struct CursorDialect: Dialect {
  mutating func read(_ record: Record, into events: inout [TranscriptEvent]) {
    let json = record.json
    if json["type"]?.string == "turn_ended" {
      let status = json["status"]?.string
      let isAborted = status == "aborted" || status == "cancelled" || status == "interrupted"
      events.append(.turn(Turn(isAborted ? .aborted : .ended, reason: status)))
      return
    }
    guard let role = json["role"]?.string, role == "user" || role == "assistant" else {
      events.append(.unknown(type: json["type"]?.string ?? "\(json.kind)"))
      return
    }
    var reader = ContentReader(callPrefix: "\(record.start)")
    var blocks = reader.blocks(of: json["message"]?["content"] ?? json["content"])
    reader.reportUnknown(in: role, into: &events)
    if role == "user" { blocks = blocks.map(unwrapped) }
    guard !blocks.isEmpty else { return }
    var message = Message(role: role == "user" ? .user : .assistant, blocks: blocks)
    message.timestamp = json["timestamp"]?.string
    message.model = role == "assistant" ? json["model"]?.string : nil
    events.append(.message(message))
    if role == "user", blocks.contains(where: { !$0.isToolResult }) { events.append(.turn(Turn(.started))) }
  }

  /// The prompt alone: Cursor wraps it in `<user_query>` behind a `<timestamp>`.
  private func unwrapped(_ block: Block) -> Block {
    guard case .text(let text) = block,
      text.hasStringPrefix("<timestamp>") || text.hasStringPrefix("<user_query>"),
      let words = text.string, let open = words.firstRange(of: "<user_query>")
    else { return block }
    var query = words[open.upperBound...]
    if let close = query.ranges(of: "</user_query>").last { query = query[..<close.lowerBound] }
    while query.first?.isNewline == true { query.removeFirst() }
    while query.last?.isNewline == true { query.removeLast() }
    return query.isEmpty ? block : .text(JSONSlice(string: String(query)))
  }
}
