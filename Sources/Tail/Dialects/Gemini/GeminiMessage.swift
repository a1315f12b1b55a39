import Wire

/// One message of Gemini CLI as blocks that can be told apart from one writing to the next. Lives for one record.
struct GeminiMessage {
  enum Kind { case user, model, notice(level: String) }

  /// The agent's id, or `#n` where it gave none.
  let id: String
  let kind: Kind
  private(set) var message: Message
  /// What each block of the message is, whatever stands before it: a call's id, or the number of a thought.
  private(set) var keys: [UInt64] = []
  /// The hash of each block's content.
  private(set) var prints: [UInt64] = []
  /// Calls that wait or run: their id and state.
  private(set) var running: [(call: String, status: String, text: String)] = []

  /// Reads a message; nil if the value is none. `reader` counts the media of the whole record.
  init?(_ json: JSONSlice, ordinal: UInt64, reader: inout ContentReader) {
    guard json.kind == .object else { return nil }
    let type = (json["type"] ?? json["role"])?.string ?? ""
    switch type {
    case "user": kind = .user
    case "gemini", "model", "assistant": kind = .model
    case "info", "warning", "error": kind = .notice(level: type)
    default: return nil
    }
    id = json["id"]?.string ?? "#\(ordinal)"
    var role = Role.assistant
    if case .user = kind { role = .user }
    message = Message(
      role: role, uuid: id, timestamp: json["timestamp"]?.string ?? epochMilliseconds(json["ts"]))
    if role == .assistant {
      message.model = json["model"]?.string
      message.step = id
      message.call = fingerprint(id)
      message.usage = json["tokens"].flatMap { $0.kind == .object ? $0 : nil }
    }
    readThoughts(json["thoughts"])
    readContent(json, &reader)
    for (index, call) in (json["toolCalls"]?.elements ?? []).enumerated() { readCall(call, index, &reader) }
  }

  /// The whole text, for a notice.
  var text: String {
    message.blocks.texts.compactMap(\.string).joined(separator: "\n")
  }

  private mutating func add(_ block: Block, key: String, print: UInt64) {
    message.blocks.append(block)
    keys.append(fingerprint(key))
    prints.append(print)
  }

  private mutating func readContent(_ json: JSONSlice, _ reader: inout ContentReader) {
    let content = json["content"] ?? json["parts"]
    for (index, block) in reader.blocks(of: content).enumerated() {
      add(block, key: "content \(index)", print: Self.print(block))
    }
  }

  private mutating func readThoughts(_ thoughts: JSONSlice?) {
    for (index, thought) in (thoughts?.elements ?? []).enumerated() {
      let words = [thought["subject"]?.string, thought["description"]?.string].compactMap { $0 }
      let text = words.filter { !$0.isEmpty }.joined(separator: ": ")
      guard !text.isEmpty else { continue }
      add(.thinking(JSONSlice(string: text)), key: "thought \(index)", print: fingerprint(text))
    }
  }

  private mutating func readCall(_ call: JSONSlice, _ index: Int, _ reader: inout ContentReader) {
    guard call.kind == .object else { return }
    let callID = call["id"]?.string ?? "\(id):\(index)"
    let input = call["args"] ?? JSONSlice(Array("{}".utf8))
    let name = toolName(call["name"])
    add(
      .toolUse(ToolUse(id: callID, name: name, input: input)), key: "call \(callID)",
      print: fingerprint(input, seed: fingerprint(name)))
    let status = call["status"]?.string ?? "success"
    switch status {
    case "validating", "scheduled", "awaiting_approval", "executing":
      running.append((callID, status, (call["description"] ?? call["displayName"])?.string ?? name))
    default:
      var parts: [ResultPart] = []
      for response in call["result"]?.elements ?? [] { parts += self.parts(of: response, &reader) }
      if parts.isEmpty, let shown = call["resultDisplay"], !shown.isNull, !shown.isBlankString {
        parts = reader.resultParts(of: shown)
      }
      let result = ToolResult(
        toolUseID: callID, content: parts, isError: status == "error" || status == "cancelled")
      let print = fingerprint(call["result"] ?? .null, seed: fingerprint(status))
      add(.toolResult(result), key: "result \(callID)", print: print)
    }
  }

  private func parts(of response: JSONSlice, _ reader: inout ContentReader) -> [ResultPart] {
    guard let answer = response["functionResponse"]?["response"] else {
      return reader.resultParts(of: response)
    }
    return reader.resultParts(of: answer["output"] ?? answer["error"] ?? answer)
  }

  private static func print(_ block: Block) -> UInt64 {
    switch block {
    case .text(let text): fingerprint(text)
    case .media(let media): fingerprint("\(media.mediaType) \(media.encodedBytes)")
    default: 0
    }
  }
}

/// A time as a number, as text that `Timestamp` reads: below 10¹¹ it counts seconds.
func epochMilliseconds(_ number: JSONSlice?) -> String? {
  guard let value = number?.double, value >= 0, value < 1e15 else { return nil }
  return String(Int64(value < 1e11 ? value * 1_000 : value))
}
