import Wire

/// Seeds that keep a prompt, an answer and a thought with the same words apart.
enum CodexText {
  static let user: UInt64 = 1
  static let assistant: UInt64 = 2
  static let reasoning: UInt64 = 3
}

extension CodexDialect {
  /// A `response_item`: what went to the model and came back.
  mutating func readItem(_ line: CodexLine, at record: Record, into events: inout [TranscriptEvent]) {
    let item = line.payload
    switch line.kind {
    case "message": readMessage(line, at: record, into: &events)
    case "reasoning": readReasoning(line, into: &events)
    case "agent_message":
      var reader = ContentReader(callPrefix: "\(record.start)")
      var message = self.message(.assistant, reader.blocks(of: item["content"]), line)
      message.author = item["author"]?.string
      if !message.blocks.isEmpty { events.append(.message(message)) }
    case "function_call", "custom_tool_call", "local_shell_call", "tool_search_call", "tool_call":
      readCall(line, at: record, into: &events)
    case "web_search_call", "image_generation_call": readProviderCall(line, at: record, into: &events)
    case "function_call_output", "custom_tool_call_output", "local_shell_call_output", "tool_search_output",
      "tool_result", "function_result":
      readOutput(line, at: record, into: &events)
    case "compaction", "context_compaction", "ghost_snapshot", "compaction_trigger", "other": break
    default: events.append(.unknown(type: "response_item/\(line.kind)"))
    }
  }

  /// A message with what every line says about it.
  func message(_ role: Role, _ blocks: [Block], _ line: CodexLine) -> Message {
    let id = line.payload["id"]?.string
    var message = Message(role: role, blocks: blocks, uuid: id, timestamp: line.timestamp)
    if role == .assistant {
      message.model = model
      message.step = id
      message.phase = line.payload["phase"]?.string
    }
    return message
  }

  private mutating func readMessage(
    _ line: CodexLine, at record: Record, into events: inout [TranscriptEvent]
  ) {
    var reader = ContentReader(callPrefix: "\(record.start)")
    let content = line.payload["content"] ?? line.payload["message"]
    let blocks = reader.blocks(of: content).filter { !$0.isImageMark }
    reader.reportUnknown(in: "response_item", into: &events)
    guard !blocks.isEmpty else { return }
    switch line.payload["role"]?.string {
    case "assistant":
      if !twins.isTwin(CodexTwins.print(of: blocks.texts, as: CodexText.assistant), from: .item) {
        events.append(.message(message(.assistant, blocks, line)))
      }
    case "user": readUserItem(line, blocks, at: record, into: &events)
    default:
      var message = self.message(.system, blocks, line)
      message.hidden = true
      events.append(.message(message))
    }
  }

  /// The user's text as the model got it, or what Codex put in front of it.
  private mutating func readUserItem(
    _ line: CodexLine, _ blocks: [Block], at record: Record, into events: inout [TranscriptEvent]
  ) {
    let texts = blocks.texts
    let isCertain = !userTextIsInEvents(at: record)
    if let first = texts.first, isCertain ? InjectedText.isCodex(first) : InjectedText.mayBeCodex(first) {
      // Not noted as shown: if a person typed it after all, its event will show it.
      var message = self.message(.user, blocks.filter { !$0.isMedia }, line)
      message.hidden = true
      events.append(.message(message))
      // Its event would show the text but only name the images.
      let media = blocks.filter(\.isMedia)
      if !media.isEmpty, !InjectedText.isCodex(first) {
        events.append(.message(self.message(.user, media, line)))
      }
      return
    }
    guard !texts.isEmpty, twins.isTwin(CodexTwins.print(of: texts, as: CodexText.user), from: .item) else {
      events.append(.message(message(.user, blocks, line)))
      turn.prompt(into: &events)
      return
    }
    let media = blocks.filter(\.isMedia)
    if !media.isEmpty, !typedImages { events.append(.message(message(.user, media, line))) }
  }

  /// Readable reasoning: the summary and, where the provider gives it, the reasoning itself.
  private mutating func readReasoning(_ line: CodexLine, into events: inout [TranscriptEvent]) {
    let parts = (line.payload["summary"]?.elements ?? []) + (line.payload["content"]?.elements ?? [])
    var blocks: [Block] = []
    for part in parts {
      guard let text = part["text"], text.kind == .string, !text.isBlankString else { continue }
      if !twins.isTwin(CodexTwins.print(of: [text], as: CodexText.reasoning), from: .item) {
        blocks.append(.thinking(text))
      }
    }
    if !blocks.isEmpty { events.append(.message(message(.assistant, blocks, line))) }
  }
}

extension [Block] {
  /// The texts, in order.
  var texts: [JSONSlice] {
    compactMap { if case .text(let text) = $0 { text } else { nil } }
  }
}

extension Block {
  var isMedia: Bool { if case .media = self { true } else { false } }

  /// The tags that Codex puts around an image.
  fileprivate var isImageMark: Bool {
    guard case .text(let text) = self else { return false }
    return text.utf8Count < 128 && (text.hasStringPrefix("<image") || text.hasStringPrefix("</image"))
  }
}
