import Wire

/// One line of a rollout, with or without the envelope that came in September 2025. Lives for one record.
struct CodexLine {
  /// The envelope's type; `response_item` for an item without an envelope, empty for what is neither.
  let type: String
  /// What the envelope holds, or the whole line.
  let payload: JSONSlice
  /// The payload's type.
  let kind: String
  /// Only lines with an envelope have one.
  let timestamp: String?

  init(_ json: JSONSlice) {
    let outer = json["type"]?.string
    timestamp = (json["timestamp"] ?? json["created_at"])?.string
    if let inner = json["payload"], inner.kind == .object {
      type = outer ?? ""
      payload = inner
      // Some writers leave the payload's type out of plain messages.
      kind = inner["type"]?.string ?? (inner["role"] == nil ? "" : "message")
    } else if json["role"] != nil || (outer != nil && outer != "world_state" && outer != "compacted") {
      type = "response_item"
      payload = json
      kind = outer ?? "message"
    } else {
      type = outer ?? ""
      payload = json
      kind = ""
    }
  }

  /// The event lane's record of what the user typed.
  var isTypedText: Bool {
    guard type == "event_msg" else { return false }
    return kind == "user_message"
      || (kind == "item_completed" && payload["item"]?["type"]?.string == "UserMessage")
  }
}
