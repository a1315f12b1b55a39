import Wire

extension CodexDialect {
  /// A call of a tool that Codex runs. Its message has the call's id, which later events name.
  mutating func readCall(_ line: CodexLine, at record: Record, into events: inout [TranscriptEvent]) {
    let item = line.payload
    let name =
      switch line.kind {
      case "local_shell_call": "local_shell"
      case "tool_search_call": "tool_search"
      default: toolName(item["name"] ?? item["function"]?["name"])
      }
    let input = item["arguments"] ?? item["input"] ?? item["action"]
    let id: String = callID(item) ?? "\(record.start):0"
    if callID(item) == nil { anonymousCall = id }
    let call = ToolUse(id: id, name: name, input: arguments(input))
    calls.insert(fingerprint(id))
    events.append(.message(callMessage(id, [.toolUse(call)], line)))
  }

  /// A search or a picture that the provider made: call and result in one item.
  mutating func readProviderCall(_ line: CodexLine, at record: Record, into events: inout [TranscriptEvent]) {
    let item = line.payload
    let id: String = callID(item) ?? item["id"]?.string ?? "\(record.start):0"
    // Its end may have been told before it.
    guard calls.insert(fingerprint(id)) else { return }
    let isImage = line.kind == "image_generation_call"
    var input = item["action"] ?? JSONSlice(Array("{}".utf8))
    if isImage {
      var writer = JSONWriter()
      writer.object { $0.fieldIfPresent("prompt", item["revised_prompt"]) }
      input = JSONSlice(writer.take())
    }
    let call = ToolUse(
      id: id, name: isImage ? "image_generation" : "web_search", input: input, providerExecuted: true)
    var blocks: [Block] = [.toolUse(call)]
    let status = item["status"]?.string
    if isImage || status == nil || status == "completed" || status == "failed" {
      var reader = ContentReader(callPrefix: id)
      var parts: [ResultPart] = []
      if isImage, let picture = item["result"], picture.kind == .string, !picture.isBlankString {
        let source = MediaSource(dataURL: picture) ?? MediaSource(generated: picture)
        parts.append(.media(reader.media(source)))
      }
      let result = ToolResult(
        toolUseID: id, content: parts, isError: status == "failed", providerExecuted: true)
      blocks.append(.toolResult(result))
    }
    events.append(.message(callMessage(id, blocks, line)))
  }

  /// What a tool answered.
  mutating func readOutput(_ line: CodexLine, at record: Record, into events: inout [TranscriptEvent]) {
    let item = line.payload
    let id = callID(item) ?? anonymousCall ?? "\(record.start):0"
    var reader = ContentReader(callPrefix: id)
    let output = CodexOutput(item["output"] ?? item["result"] ?? item["tools"])
    let result = ToolResult(
      toolUseID: id, content: reader.resultParts(of: output.content),
      isError: output.isError || item["success"]?.bool == false || item["status"]?.string == "failed")
    var message = self.message(.user, [.toolResult(result)], line)
    message.uuid = item["id"]?.string
    events.append(.message(message))
  }

  func callMessage(_ id: String, _ blocks: [Block], _ line: CodexLine) -> Message {
    var message = self.message(.assistant, blocks, line)
    message.uuid = id
    return message
  }

  private func callID(_ item: JSONSlice) -> String? {
    item["call_id"]?.string
  }

  /// Arguments are JSON inside a string; text that is none stays text.
  private func arguments(_ value: JSONSlice?) -> JSONSlice {
    guard let value, !value.isNull else { return JSONSlice(Array("{}".utf8)) }
    guard let text = value.string, let first = text.utf8.first(where: { $0 > 0x20 }),
      first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    else { return value }
    return JSONSlice(validating: Array(text.utf8)) ?? value
  }
}
