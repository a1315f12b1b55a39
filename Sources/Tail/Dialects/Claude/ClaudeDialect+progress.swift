import Wire

extension ClaudeDialect {
  /// A `progress` row: running output, which the next one replaces.
  mutating func readProgress(_ row: ClaudeRow, into events: inout [TranscriptEvent]) {
    guard let data = row.json["data"], data.kind == .object else { return }
    let call = (row.json["parentToolUseID"] ?? row.json["toolUseID"])?.string
    let type = data["type"]?.string ?? "progress"
    let kind: String
    let text: JSONSlice?
    switch type {
    case "bash_progress":
      kind = "bash"
      text = words(data["output"]) ?? words(data["fullOutput"])
    case "hook_progress":
      kind = "hook"
      text = words(data["hookName"]) ?? words(data["hookEvent"])
    case "agent_progress":
      kind = "agent"
      announce(data["agentId"], call: call, into: &events)
      text = agentText(data["message"]) ?? words(data["prompt"])
    case "mcp_progress":
      kind = "mcp"
      let names = [data["serverName"], data["toolName"], data["status"]].compactMap { $0?.string }
      text = names.isEmpty ? nil : JSONSlice(string: names.joined(separator: " "))
    case "query_update", "search_results_received":
      kind = "search"
      text = words(data["query"])
    case "waiting_for_task":
      kind = "agent"
      text = words(data["taskDescription"])
    default:
      kind = type
      text = words(data["text"]) ?? words(data["message"])
    }
    // Progress without words still says that something runs.
    events.append(.activity(Activity(call: call, kind: kind, text: text ?? JSONSlice(string: ""))))
  }

  /// The last thing that a sub-agent said or did.
  private func agentText(_ row: JSONSlice?) -> JSONSlice? {
    guard let content = (row?["message"] ?? row)?["content"] else { return nil }
    if content.kind == .string { return words(content) }
    guard let block = content.elements.last else { return nil }
    return words(block["text"]) ?? words(block["name"]) ?? words(block["thinking"])
  }

  private func words(_ value: JSONSlice?) -> JSONSlice? {
    value.flatMap { $0.kind == .string && !$0.isBlankString ? $0 : nil }
  }
}
