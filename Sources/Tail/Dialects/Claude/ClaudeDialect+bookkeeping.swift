import Wire

extension ClaudeDialect {
  /// A row outside the tree: a value of the session, or something that nobody watches.
  mutating func readBookkeeping(_ type: String, _ row: ClaudeRow, into events: inout [TranscriptEvent]) {
    let json = row.json
    switch type {
    case "summary": title(json["summary"], rank: 1, into: &events)
    case "ai-title": title(json["aiTitle"], rank: 2, into: &events)
    case "custom-title": title(json["customTitle"], rank: 3, into: &events)
    case "queue-operation": events.append(.meta(key: MetaKey.queue, value: queueOperation(json)))
    case "relocated": values.set(MetaKey.cwd, json["relocatedCwd"], into: &events)
    case "continued-in": values.set(MetaKey.continuedIn, successor(json), into: &events)
    case "mode": values.set("mode", json["mode"], into: &events)
    case "permission-mode": values.set("permission_mode", json["permissionMode"], into: &events)
    case "last-prompt": values.set("last_prompt", json["lastPrompt"], into: &events)
    case "tag": values.set("tag", json["tag"], into: &events)
    case "agent-name": values.set("agent_name", json["agentName"], into: &events)
    case "agent-color": values.set("agent_color", json["agentColor"], into: &events)
    case "agent-setting": values.set("agent_setting", json["agentSetting"], into: &events)
    case "worktree-state": values.set("worktree_state", json["worktreeSession"], into: &events)
    case "pr-link", "frame-link", "bridge-session": values.set(snakeCase(type), json, into: &events)
    case "file-history-snapshot", "file-history-delta", "saved_hook_context", "started", "result",
      "ended-by-model", "isolation-latch", "atis-latch", "content-replacement", "fork-context-ref":
      break
    default: events.append(.unknown(type: type))
    }
  }

  /// A title gives way to one of its own kind or better: the agent repeats its own after the user's.
  private mutating func title(_ value: JSONSlice?, rank: Int, into events: inout [TranscriptEvent]) {
    guard let value, value.kind == .string, !value.isBlankString, rank >= titleRank else { return }
    titleRank = rank
    values.set(MetaKey.title, value, into: &events)
  }

  private func queueOperation(_ json: JSONSlice) -> JSONSlice {
    var writer = JSONWriter()
    writer.object {
      $0.field("operation", json["operation"]?.string ?? "")
      $0.fieldIfPresent("content", json["content"])
    }
    return JSONSlice(writer.take())
  }

  /// The successor's id. The record was only reported, not seen, so any string beside its own session's id is it.
  private func successor(_ json: JSONSlice) -> JSONSlice? {
    var found: JSONSlice?
    json.forEachMember { key, value in
      switch key {
      case "type", "sessionId", "session_id", "timestamp", "uuid", "parentUuid", "cwd", "version",
        "gitBranch",
        "userType", "entrypoint", "slug":
        break
      default: if found == nil, value.kind == .string { found = value }
      }
    }
    return found
  }
}
