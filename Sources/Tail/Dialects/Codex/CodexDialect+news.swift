import Wire

extension CodexDialect {
  /// The end of a call: its result once more, with more to it. Replaces what the call's message showed.
  mutating func readCallEnd(_ line: CodexLine, at record: Record, into events: inout [TranscriptEvent]) {
    let event = line.payload
    guard let call = event["call_id"]?.string else { return }
    var reader = ContentReader(callPrefix: call)
    var isError = event["success"]?.bool == false || (event["exit_code"]?.int ?? 0) != 0
    var parts: [ResultPart] = []
    switch line.kind {
    case "mcp_tool_call_end":
      let result = event["result"]
      if let failure = result?["Err"] { isError = true; parts = reader.resultParts(of: failure) }
      if let answer = result?["Ok"] {
        isError = (answer["isError"] ?? answer["is_error"])?.bool ?? false
        parts = reader.resultParts(of: answer["content"])
      }
    case "web_search_end": parts = reader.resultParts(of: event["results"])
    default:
      let output = event["aggregated_output"] ?? event["formatted_output"] ?? event["stdout"]
      parts = reader.resultParts(of: output)
      if let errors = event["stderr"], errors.kind == .string, !errors.isBlankString, parts.isEmpty {
        parts = [.text(errors)]
      }
      if line.kind == "patch_apply_end", let changes = event["changes"] { parts.append(.json(changes)) }
    }
    let result = ToolResult(
      toolUseID: call, content: parts, isError: isError, providerExecuted: line.kind == "web_search_end")
    var message = self.message(.user, [.toolResult(result)], line)
    message.uuid = call
    events.append(.update(MessageUpdate(uuid: call, message: message, changed: [0])))
  }

  /// Events about the session rather than the conversation.
  mutating func readNews(_ line: CodexLine, into events: inout [TranscriptEvent]) {
    let event = line.payload
    switch line.kind {
    case "thread_name_updated": values.set(MetaKey.title, event["thread_name"], into: &events)
    case "thread_settings_applied":
      values.set(MetaKey.cwd, event["thread_settings"]?["cwd"], into: &events)
      setModel(event["thread_settings"]?["model"], into: &events)
    case "thread_goal_updated": values.set("goal", event["goal"]?["objective"], into: &events)
    case "entered_review_mode": values.set("review_mode", JSONSlice(bool: true), into: &events)
    case "exited_review_mode": values.set("review_mode", JSONSlice(bool: false), into: &events)
    case "sub_agent_activity": announce(event["agent_thread_id"], call: nil, into: &events)
    case "collab_agent_spawn_end":
      announce(event["new_thread_id"], call: event["call_id"]?.string, into: &events)
    case "error", "stream_error", "warning":
      let text = (event["message"] ?? event["error"]?["message"] ?? event["error"])?.string ?? line.kind
      if line.kind == "stream_error" {
        events.append(.activity(Activity(kind: "retry", text: JSONSlice(string: text))))
      } else {
        events.append(notice(level: line.kind, text: text))
      }
    case "image_generation_end", "account/rateLimits/updated", "codex/event/raw_item", "view_image_tool_call",
      "collab_agent_spawn_begin", "exec_command_begin", "mcp_tool_call_begin", "patch_apply_begin",
      "web_search_begin", "agent_message_delta", "turn_diff", "plan_update":
      break
    default: events.append(.unknown(type: "event_msg/\(line.kind)"))
    }
  }

  private mutating func announce(_ thread: JSONSlice?, call: String?, into events: inout [TranscriptEvent]) {
    guard let id = thread?.string, !id.isEmpty, subagents.insert(fingerprint(id)) else { return }
    events.append(.subagent(call: call, sessionID: id))
  }
}
