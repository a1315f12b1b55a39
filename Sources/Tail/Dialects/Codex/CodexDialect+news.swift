import Wire

extension CodexDialect {
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
      "web_search_begin", "agent_message_delta", "turn_diff", "plan_update", "guardian_assessment",
      "undo_completed", "dynamic_tool_call_request", "dynamic_tool_call_response":
      break
    case let kind where kind.hasPrefix("collab_"): break
    default: events.append(.unknown(type: "event_msg/\(line.kind)"))
    }
  }

  private mutating func announce(_ thread: JSONSlice?, call: String?, into events: inout [TranscriptEvent]) {
    guard let id = thread?.string, !id.isEmpty, subagents.insert(fingerprint(id)) else { return }
    events.append(.subagent(call: call, sessionID: id))
  }
}
