import Wire

/// Turns the events of a stream (STREAMS section 4) into lines for people.
struct TranscriptPrinter {
  /// Characters of a tool call or of a line of a tool's answer that are shown.
  var clip = 160
  /// Lines of a tool's answer that are shown.
  var resultLines = 3
  /// How a moment is written.
  var moment: @Sendable (Timestamp) -> String = MomentText.local
  private var status: String?

  init() {}

  /// The lines of an event, none for what only programs need. They hold no control character.
  mutating func lines(_ event: StreamEvent) -> [String] {
    guard let data = JSONSlice(validating: event.data) else { return [] }
    switch event.name {
    case "message": return message(data)
    case "update": return blocks(data, prefix: "[changed] ")
    case "turn":
      guard let state = data["state"]?.string, state != "started" else { return [] }
      return [mark("turn \(state)", [data["reason"]?.string, data["duration_ms"]?.int.map { "\($0) ms" }])]
    case "compaction":
      let tokens = data["pre_tokens"]?.int.map { "\($0) tokens before" }
      return [mark("context compacted", [data["trigger"]?.string, tokens])]
    case "retract":
      return [mark("taken back", [data["from"]?.string, data["count"]?.int.map { "\($0) turns" }])]
    case "branch": return [mark("goes on from an earlier message", [data["parent"]?.string])]
    case "damaged":
      let length = data["length"]?.int ?? 0
      return [mark("\(length) bytes are not a record", [data["reason"]?.string])]
    case "subagent": return [mark("sub-agent", [data["session_id"]?.string])]
    case "status":
      let now = data["status"]?.string
      defer { status = now }
      return now == nil || now == status ? [] : [mark(now ?? "", [])]
    case "reset":
      return [mark("reset: what follows does not continue what was shown", [data["reason"]?.string])]
    default: return []
    }
  }

  private func mark(_ text: String, _ details: [String?]) -> String {
    let details = details.compactMap { $0 }.map(VisibleText.line).joined(separator: ", ")
    return "── " + VisibleText.line(text) + (details.isEmpty ? "" : " (\(details))")
  }

  private func message(_ data: JSONSlice) -> [String] {
    let time = data["timestamp"]?.string.flatMap { Timestamp($0) }.map { "[\(moment($0))] " } ?? ""
    return blocks(data, prefix: time)
  }

  private func blocks(_ data: JSONSlice, prefix: String) -> [String] {
    let role = VisibleText.line(data["role"]?.string ?? "message")
    return (data["blocks"]?.elements ?? []).flatMap { block in
      switch block["type"]?.string {
      case "text": return speech("\(prefix)\(role): ", block["text"]?.string)
      case "thinking":
        return speech("\(prefix)\(role) (thinking): ", block["text"]?.string ?? block["thinking"]?.string)
      case "tool_use":
        let input = block["input"].map { VisibleText.line($0.description) } ?? ""
        let name = VisibleText.line(block["name"]?.string ?? "tool")
        return ["\(prefix)\(role) → \(name) " + VisibleText.clipped(input, to: clip)]
      case "tool_result": return result(block, prefix: prefix)
      case let other?:
        let size = block["bytes"]?.int.map { ", \($0) bytes" } ?? ""
        let type = VisibleText.line(block["media_type"]?.string ?? "")
        return ["\(prefix)\(role): <\(VisibleText.line(other)) \(type)\(size)>"]
      case nil: return []
      }
    }
  }

  /// Lines after the first are indented: no text may pass for a new message.
  private func speech(_ head: String, _ text: String?) -> [String] {
    let lines = VisibleText.of(text ?? "").split(separator: "\n", omittingEmptySubsequences: false)
    return [head + (lines.first ?? "")] + lines.dropFirst().map { "  " + $0 }
  }

  private func result(_ block: JSONSlice, prefix: String) -> [String] {
    let arrow = block["is_error"]?.bool == true ? "← error: " : "← "
    let text = VisibleText.of(ResultText.of(block["content"]))
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
    var shown = lines.prefix(resultLines).map { VisibleText.clipped(String($0), to: clip) }
    if lines.count > resultLines { shown.append("… \(lines.count - resultLines) more lines") }
    return [prefix + arrow + (shown.first ?? "")] + shown.dropFirst().map { "  " + $0 }
  }
}
