import Wire

extension CodexDialect {
  /// An `event_msg`: what the user interface was told.
  mutating func readEvent(_ line: CodexLine, at record: Record, into events: inout [TranscriptEvent]) {
    let event = line.payload
    switch line.kind {
    case "user_message": readTyped(line, text: event["message"], into: &events)
    case "agent_message": readSaid(line, texts: [event["message"]], event, into: &events)
    case "agent_reasoning", "agent_reasoning_raw_content": readThought(line, [event["text"]], into: &events)
    case "task_started", "turn_started": turn.markStart(into: &events)
    case "task_complete", "turn_complete", "turn.completed":
      let error = event["error"]?["message"] ?? event["error"]
      turn.end(Turn(.ended, reason: error?.string, durationMS: duration(event)), into: &events)
    case "turn_aborted":
      turn.end(Turn(.aborted, reason: event["reason"]?.string, durationMS: duration(event)), into: &events)
    case "thread_rolled_back":
      events.append(.retract(Retract(turns: (event["num_turns"]?.int).flatMap { Int(exactly: $0) })))
    case "context_compacted": compact(summary: nil, lane: .event, into: &events)
    case "token_count":
      if let info = event["info"], info.kind == .object {
        // A count is repeated with the session's sum unchanged, with every news of the rate limits for example.
        let call = (info["total_token_usage"] ?? info["last_token_usage"]).map { fingerprint($0) }
        turn.use(info, call: call)
        events.append(.usage(CallUsage(info, call: call, model: model)))
      }
    case "item_completed": readCompleted(line, event["item"], into: &events)
    case "patch_apply_end", "mcp_tool_call_end", "web_search_end", "exec_command_end":
      readCallEnd(line, into: &events)
    default: readNews(line, into: &events)
    }
  }

  private func duration(_ event: JSONSlice) -> Int? {
    (event["duration_ms"]?.int).flatMap { Int(exactly: $0) }
  }

  /// What the user typed.
  private mutating func readTyped(_ line: CodexLine, text: JSONSlice?, into events: inout [TranscriptEvent]) {
    hasUserEvents = true
    var blocks: [Block] = []
    if let text, text.kind == .string, !text.isBlankString { blocks.append(.text(text)) }
    var reader = ContentReader(callPrefix: "")
    for image in line.payload["images"]?.elements ?? [] {
      if let source = MediaSource(dataURL: image) { blocks.append(.media(reader.media(source))) }
    }
    typedImages = reader.mediaCount > 0
    let texts = blocks.texts
    let isTwin = !texts.isEmpty && twins.isTwin(CodexTwins.print(of: texts, as: CodexText.user), from: .event)
    if !blocks.isEmpty, !isTwin { events.append(.message(message(.user, blocks, line))) }
    if !isTwin { turn.prompt(into: &events) }
  }

  /// What the model said.
  private mutating func readSaid(
    _ line: CodexLine, texts: [JSONSlice?], _ source: JSONSlice, into events: inout [TranscriptEvent]
  ) {
    let texts = texts.compactMap { $0 }.filter { $0.kind == .string && !$0.isBlankString }
    guard !texts.isEmpty, !twins.isTwin(CodexTwins.print(of: texts, as: CodexText.assistant), from: .event)
    else { return }
    var message = self.message(.assistant, texts.map { .text($0) }, line)
    message.phase = source["phase"]?.string
    events.append(.message(message))
  }

  private mutating func readThought(
    _ line: CodexLine, _ texts: [JSONSlice?], into events: inout [TranscriptEvent]
  ) {
    for case let text? in texts where text.kind == .string && !text.isBlankString {
      guard !twins.isTwin(CodexTwins.print(of: [text], as: CodexText.reasoning), from: .event) else {
        continue
      }
      events.append(.message(message(.assistant, [.thinking(text)], line)))
    }
  }

  /// A finished item of the paginated mode: the event lane under another name, and the only place of plans.
  private mutating func readCompleted(
    _ line: CodexLine, _ item: JSONSlice?, into events: inout [TranscriptEvent]
  ) {
    guard let item else { return }
    let texts = (item["content"]?.elements ?? []).map { $0["text"] }
    switch item["type"]?.string {
    case "UserMessage": readTyped(line, text: joined(texts), into: &events)
    case "AgentMessage": readSaid(line, texts: texts, item, into: &events)
    case "Plan": readSaid(line, texts: [item["text"]], item, into: &events)
    case "Reasoning":
      readThought(line, (item["summary_text"]?.elements ?? []).map(Optional.some), into: &events)
    default: break
    }
  }

  /// The typed text is cut where an image or a mention stood in it.
  private func joined(_ texts: [JSONSlice?]) -> JSONSlice? {
    let texts = texts.compactMap { $0 }.filter { $0.kind == .string }
    guard texts.count > 1 else { return texts.first }
    let whole = texts.reduce(into: [UInt8(ascii: "\"")]) { $0 += $1.bytes.dropFirst().dropLast() }
    return JSONSlice(whole + [UInt8(ascii: "\"")])
  }
}
