import Wire

/// Any JSON Lines file: what looks like a message is one, everything else is shown as the JSON it is. Has no state.
struct PlainDialect: Dialect {
  mutating func read(_ record: Record, into events: inout [TranscriptEvent]) {
    let row = PlainObject(record.json)
    let body = row[.message].flatMap { $0.kind == .object ? PlainObject($0) : nil } ?? row
    var reader = ContentReader(callPrefix: "\(record.start)")
    var blocks: [Block] = []
    let content = body[.content, .parts, .text] ?? row[.text, .message]
    let word = speaker(row, body, content)
    if word == "tool" || word == "toolResult" {
      blocks = [.toolResult(answer(body, &reader, record))]
    } else if word != nil {
      blocks = reader.blocks(of: content)
      for call in body[.toolCalls]?.elements ?? [] { blocks.append(.toolUse(toolCall(call, record))) }
    }
    var message: Message
    if blocks.isEmpty {
      let text = row.json.kind == .string ? row.json : JSONSlice(string: row.json.description)
      message = Message(role: .system, blocks: [.text(text)])
    } else {
      message = Message(role: role(word ?? ""), blocks: blocks)
      message.model = message.role == .assistant ? (body[.model] ?? row[.model])?.string : nil
      message.usage = body[.usage].flatMap { $0.kind == .object ? $0 : nil }
    }
    message.uuid = (row[.uuid, .id] ?? body[.id])?.string
    message.parent = row[.parentUuid, .parentId, .parent]?.string
    message.timestamp = timestamp(row) ?? timestamp(body)
    events.append(.message(message))
  }

  /// The word that says who speaks: a role, or a type beside something that is said.
  private func speaker(_ row: PlainObject, _ body: PlainObject, _ content: JSONSlice?) -> String? {
    if let word = (body[.role] ?? row[.role])?.string { return word }
    guard content != nil, let type = row[.type]?.string else { return nil }
    return body[.text] != nil || role(type) != .system ? type : nil
  }

  private func role(_ word: String) -> Role {
    switch word {
    case "user", "human", "tool", "toolResult": .user
    case "assistant", "model", "ai", "gemini", "agent", "bot": .assistant
    default: .system
    }
  }

  private func timestamp(_ object: PlainObject) -> String? {
    let value = object[.timestamp, .createdAt, .ts, .time, .date]
    return value?.string ?? epochMilliseconds(value)
  }

  /// A call in the form of the OpenAI chat interface.
  private func toolCall(_ call: JSONSlice, _ record: Record) -> ToolUse {
    var input = call["function"]?["arguments"] ?? call["arguments"] ?? JSONSlice(Array("{}".utf8))
    if let text = input.string, let inner = JSONSlice(validating: Array(text.utf8)) { input = inner }
    return ToolUse(
      id: call["id"]?.string ?? "\(record.start):0",
      name: toolName(call["function"]?["name"] ?? call["name"]), input: input)
  }

  private func answer(_ body: PlainObject, _ reader: inout ContentReader, _ record: Record) -> ToolResult {
    ToolResult(
      toolUseID: body[.toolCallID, .toolCallIdCamel, .toolUseID]?.string ?? "\(record.start):0",
      content: reader.resultParts(of: body[.content, .text]),
      isError: body[.isError, .isErrorCamel]?.bool ?? false)
  }
}
