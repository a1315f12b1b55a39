import Wire

/// Any JSON Lines file: what looks like a message is one, everything else is shown as the JSON it is. Has no state.
struct PlainDialect: Dialect {
  mutating func read(_ record: Record, into events: inout [TranscriptEvent]) {
    let json = record.json
    let body = json["message"].flatMap { $0.kind == .object ? $0 : nil } ?? json
    var reader = ContentReader(callPrefix: "\(record.start)")
    var blocks: [Block] = []
    let content = body["content"] ?? body["parts"] ?? body["text"] ?? json["text"] ?? json["message"]
    let word = speaker(json, body, content)
    if word == "tool" || word == "toolResult" {
      blocks = [.toolResult(answer(body, &reader, record))]
    } else if word != nil {
      blocks = reader.blocks(of: content)
      for call in body["tool_calls"]?.elements ?? [] { blocks.append(.toolUse(toolCall(call, record))) }
    }
    var message: Message
    if blocks.isEmpty {
      let text = json.kind == .string ? json : JSONSlice(string: json.description)
      message = Message(role: .system, blocks: [.text(text)])
    } else {
      message = Message(role: role(word ?? ""), blocks: blocks)
      message.model = message.role == .assistant ? (body["model"] ?? json["model"])?.string : nil
      message.usage = body["usage"].flatMap { $0.kind == .object ? $0 : nil }
    }
    message.uuid = (json["uuid"] ?? json["id"] ?? body["id"])?.string
    message.parent = (json["parentUuid"] ?? json["parentId"] ?? json["parent"])?.string
    message.timestamp = timestamp(json) ?? timestamp(body)
    events.append(.message(message))
  }

  /// The word that says who speaks: a role, or a type beside something that is said.
  private func speaker(_ json: JSONSlice, _ body: JSONSlice, _ content: JSONSlice?) -> String? {
    if let word = (body["role"] ?? json["role"])?.string { return word }
    guard content != nil, let type = json["type"]?.string else { return nil }
    return body["text"] != nil || role(type) != .system ? type : nil
  }

  private func role(_ word: String) -> Role {
    switch word {
    case "user", "human", "tool", "toolResult": .user
    case "assistant", "model", "ai", "gemini", "agent", "bot": .assistant
    default: .system
    }
  }

  private func timestamp(_ json: JSONSlice) -> String? {
    let value = json["timestamp"] ?? json["created_at"] ?? json["ts"] ?? json["time"] ?? json["date"]
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

  private func answer(_ body: JSONSlice, _ reader: inout ContentReader, _ record: Record) -> ToolResult {
    let id = (body["tool_call_id"] ?? body["toolCallId"] ?? body["tool_use_id"])?.string
    return ToolResult(
      toolUseID: id ?? "\(record.start):0", content: reader.resultParts(of: body["content"] ?? body["text"]),
      isError: (body["is_error"] ?? body["isError"])?.bool ?? false)
  }
}
