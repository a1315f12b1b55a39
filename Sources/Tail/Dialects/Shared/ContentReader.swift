import Wire

/// Makes blocks of the content arrays that all these agents share in spirit. Lives for one record.
///
/// It numbers the record's media, so all parts of a record that may hold any go through the same reader, and in the same
/// order whatever the dialect remembers: `decodeMedia` reads the record again and must find the same numbers.
struct ContentReader {
  /// In front of the ids that are made up for calls without one.
  let callPrefix: String
  private(set) var mediaCount = 0
  private var blockCount = 0
  /// Kinds of blocks that were not understood.
  private(set) var unknown: [String] = []
  /// A block of redacted reasoning was passed over.
  private(set) var redacted: JSONSlice?

  init(callPrefix: String) {
    self.callPrefix = callPrefix
  }

  /// The blocks of a string, an array of blocks or a single block.
  mutating func blocks(of content: JSONSlice?) -> [Block] {
    guard let content else { return [] }
    switch content.kind {
    case .string: return content.isBlankString ? [] : [.text(content)]
    case .array: return content.elements.compactMap { block(of: $0) }
    case .object: return block(of: content).map { [$0] } ?? []
    default: return []
    }
  }

  /// The medium in `source`, numbered.
  mutating func media(_ source: MediaSource) -> Media {
    defer { mediaCount += 1 }
    return Media(source, index: mediaCount)
  }

  private mutating func block(of json: JSONSlice) -> Block? {
    defer { blockCount += 1 }
    if json.kind == .string { return json.isBlankString ? nil : .text(json) }
    guard json.kind == .object else { return nil }
    // The type decides which members are looked for: each look goes over the whole block.
    let type = json["type"]?.string ?? ""
    switch type {
    case "text", "input_text", "output_text", "Text":
      return text(json)
    case "image", "document", "input_image", "image_url", "":
      if let source = MediaSource(block: json) { return .media(media(source)) }
      return text(json) ?? link(json)
    case "thinking", "reasoning", "reasoning_text", "summary_text":
      let words = json["thinking"] ?? json["text"]
      return words.flatMap { $0.kind == .string && !$0.isBlankString ? .thinking($0) : nil }
    case "redacted_thinking":
      redacted = json["data"] ?? JSONSlice(string: "")
      return nil
    case "tool_use", "server_tool_use", "mcp_tool_use", "toolCall", "tool_call", "tool-call", "function_call":
      return .toolUse(toolUse(json, providerExecuted: type == "server_tool_use" || type == "mcp_tool_use"))
    case "tool_result", "toolResult", "tool-result", "function_call_output":
      return .toolResult(toolResult(json, providerExecuted: false))
    default:
      if type.hasSuffix("_tool_result") { return .toolResult(toolResult(json, providerExecuted: true)) }
      if let block = text(json) { return block }
      unknown.append(type)
      return nil
    }
  }

  private func text(_ json: JSONSlice) -> Block? {
    guard let text = json["text"], text.kind == .string, !text.isBlankString else { return nil }
    return .text(text)
  }

  /// An image that is named by an address instead of being in the record: the address is all there is to show.
  private func link(_ json: JSONSlice) -> Block? {
    let address = json["source"]?["url"] ?? json["image_url"]?["url"] ?? json["image_url"]
    return address.flatMap { $0.kind == .string && !$0.isBlankString ? .text($0) : nil }
  }

  private func toolUse(_ json: JSONSlice, providerExecuted: Bool) -> ToolUse {
    let found = json.members(Self.callKeys)
    return ToolUse(
      id: (found[0] ?? found[1] ?? found[2])?.string ?? "\(callPrefix):\(blockCount)",
      name: toolName(found[3] ?? found[4]),
      input: found[5] ?? found[6] ?? found[7] ?? JSONSlice(Array("{}".utf8)),
      providerExecuted: providerExecuted)
  }

  // Results are most of a transcript's bytes: all that is wanted of a block is found in one pass over it.
  private static let callKeys = JSONKeys([
    "id", "call_id", "toolCallId", "name", "toolName", "input", "arguments", "args",
  ])
  private static let resultKeys = JSONKeys([
    "tool_use_id", "call_id", "toolCallId", "content", "output", "is_error", "isError",
  ])

  private mutating func toolResult(_ json: JSONSlice, providerExecuted: Bool) -> ToolResult {
    let found = json.members(Self.resultKeys)
    return ToolResult(
      toolUseID: (found[0] ?? found[1] ?? found[2])?.string ?? "\(callPrefix):\(blockCount)",
      content: resultParts(of: found[3] ?? found[4]),
      isError: (found[5] ?? found[6])?.bool ?? false,
      providerExecuted: providerExecuted)
  }

  /// What a tool answered: a string, an array of parts, or any other value.
  mutating func resultParts(of content: JSONSlice?) -> [ResultPart] {
    guard let content else { return [] }
    switch content.kind {
    case .null: return []
    case .string: return content.utf8Count == 2 ? [] : [.text(content)]
    case .array: return content.elements.map { resultPart(of: $0) }
    default: return [resultPart(of: content)]
    }
  }

  private mutating func resultPart(of json: JSONSlice) -> ResultPart {
    if json.kind == .string { return .text(json) }
    switch json["type"]?.string {
    case "text", "input_text", "output_text":
      if let text = json["text"], text.kind == .string { return .text(text) }
    default:
      if let source = MediaSource(block: json) { return .media(media(source)) }
    }
    return .json(json)
  }
}

/// A tool's name; `tool` where a record has none, because clients find their renderer by it.
func toolName(_ json: JSONSlice?) -> String {
  guard let name = json?.string, !name.isEmpty else { return "tool" }
  return name
}
