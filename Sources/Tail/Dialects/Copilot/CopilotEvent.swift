import Wire

/// One line of `events.jsonl`. Lives for one record.
struct CopilotEvent {
  let data: JSONSlice
  /// The id for a call that has none.
  let callPrefix: String
  private let json: JSONSlice

  init(_ json: JSONSlice, at record: Record) {
    self.json = json
    data = json["data"] ?? .null
    callPrefix = "\(record.start)"
  }

  /// A message with what every line says about it.
  func message(_ role: Role, _ blocks: [Block]) -> Message {
    var message = Message(
      role: role, blocks: blocks, uuid: json["id"]?.string, timestamp: json["timestamp"]?.string)
    message.parent = json["parentId"]?.string
    message.sidechain = data["parentToolCallId"]?.kind == .string || json["agentId"]?.kind == .string
    if role == .assistant {
      message.model = data["model"]?.string
      message.step = (data["messageId"] ?? data["reasoningId"])?.string
    }
    return message
  }
}
