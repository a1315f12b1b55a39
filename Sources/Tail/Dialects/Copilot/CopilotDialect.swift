import Wire

/// GitHub Copilot CLI events (TRANSCRIPTS sections 6 and 15.3). Owns which calls and thoughts were shown.
struct CopilotDialect: Dialect {
  private var values: SessionValues
  /// A call is named by the answer that asks for it and by its start.
  private var calls: RecentSet
  /// The newest thought: it is an event of its own and repeated in the answer, in either order.
  private var lastThought: UInt64?

  init(limits: DecoderLimits) {
    values = SessionValues(limits: limits)
    calls = RecentSet(capacity: limits.announced)
  }

  mutating func read(_ record: Record, into events: inout [TranscriptEvent]) {
    let json = record.json
    guard json.kind == .object, let type = json["type"]?.string else {
      events.append(.unknown(type: json["type"]?.string ?? "\(json.kind)"))
      return
    }
    let event = CopilotEvent(json, at: record)
    let data = event.data
    switch type {
    case "user.message": say(.user, content(data["content"]), event, into: &events)
    case "assistant.message": readAnswer(event, into: &events)
    case "assistant.reasoning":
      if let text = thought(data["content"]) { say(.assistant, [.thinking(text)], event, into: &events) }
    case "tool.execution_start":
      let call = toolUse(data, name: data["toolName"], event)
      if let call { say(.assistant, [.toolUse(call)], event, into: &events) }
    case "tool.execution_complete": say(.user, [.toolResult(result(event))], event, into: &events)
    case "tool.execution_progress", "tool.execution_partial_result":
      if let text = data["progressMessage"] ?? data["partialOutput"], text.kind == .string {
        let call = data["toolCallId"]?.string
        events.append(.activity(Activity(call: call, kind: "tool", text: text)))
      }
    case "assistant.turn_start": events.append(.turn(Turn(.started)))
    case "assistant.turn_end": events.append(.turn(Turn(.ended)))
    case "abort": events.append(.turn(Turn(.aborted, reason: data["reason"]?.string)))
    case "system.message", "system.notification":
      say(.system, content(data["content"]), event, hidden: true, into: &events)
    case "subagent.started", "subagent.completed", "subagent.failed":
      let state = type.dropFirst("subagent.".count)
      let name = (data["agentDisplayName"] ?? data["agentName"])?.string ?? "agent"
      let text = JSONSlice(string: "\(name) \(state)")
      events.append(.activity(Activity(call: data["toolCallId"]?.string, kind: "agent", text: text)))
    case _ where type.hasPrefix("session."): readSession(type, data, into: &events)
    case "hook.start", "hook.end", "assistant.usage", "assistant.intent", "permission.requested",
      "permission.completed", "skill.invoked":
      break
    default: events.append(.unknown(type: type))
    }
  }

  private mutating func readSession(_ type: String, _ data: JSONSlice, into events: inout [TranscriptEvent]) {
    switch type {
    case "session.start", "session.resume", "session.context_changed":
      let context = data["context"] ?? data
      values.set(MetaKey.session, data["sessionId"], into: &events)
      values.set(MetaKey.version, data["copilotVersion"], into: &events)
      values.set(MetaKey.model, data["selectedModel"], into: &events)
      values.set(MetaKey.cwd, context["cwd"], into: &events)
      values.set(MetaKey.gitBranch, context["branch"], into: &events)
    case "session.model_change": values.set(MetaKey.model, data["newModel"], into: &events)
    case "session.title_changed": values.set(MetaKey.title, data["title"], into: &events)
    case "session.mode_changed": values.set("mode", data["newMode"], into: &events)
    case "session.info", "session.warning", "session.error":
      let level = String(type.dropFirst("session.".count))
      events.append(notice(level: level, text: data["message"]?.string ?? ""))
    case "session.compaction_complete":
      let summary = (data["summaryContent"] ?? data["summary"]).flatMap { $0.kind == .string ? $0 : nil }
      let tokens = (data["preCompactionTokens"]?.int).flatMap { Int(exactly: $0) }
      events.append(.compaction(Compaction(preTokens: tokens, summary: summary)))
    case "session.snapshot_rewind":
      events.append(.retract(Retract(from: data["upToEventId"]?.string)))
    case "session.shutdown": values.set("shutdown", data["shutdownType"], into: &events)
    case "session.truncation", "session.usage_checkpoint", "session.auto_mode_resolved", "session.usage_info",
      "session.compaction_start", "session.idle", "session.handoff":
      break
    default: events.append(.unknown(type: type))
    }
  }

  private mutating func readAnswer(_ event: CopilotEvent, into events: inout [TranscriptEvent]) {
    let data = event.data
    var blocks: [Block] = []
    if let text = thought(data["reasoningText"]) { blocks.append(.thinking(text)) }
    blocks += content(data["content"])
    for request in data["toolRequests"]?.elements ?? [] {
      if let call = toolUse(request, name: request["name"], event) { blocks.append(.toolUse(call)) }
    }
    values.set(MetaKey.model, data["model"], into: &events)
    say(.assistant, blocks, event, into: &events)
  }

  private func say(
    _ role: Role, _ blocks: [Block], _ event: CopilotEvent, hidden: Bool = false,
    into events: inout [TranscriptEvent]
  ) {
    guard !blocks.isEmpty else { return }
    var message = event.message(role, blocks)
    message.hidden = hidden
    events.append(.message(message))
  }

  private func content(_ text: JSONSlice?) -> [Block] {
    text.flatMap { $0.kind == .string && !$0.isBlankString ? [.text($0)] : nil } ?? []
  }

  private mutating func thought(_ text: JSONSlice?) -> JSONSlice? {
    guard let text, text.kind == .string, !text.isBlankString else { return nil }
    let print = fingerprint(text)
    defer { lastThought = lastThought == print ? nil : print }
    return lastThought == print ? nil : text
  }

  /// The call, unless it was shown.
  private mutating func toolUse(_ data: JSONSlice, name: JSONSlice?, _ event: CopilotEvent) -> ToolUse? {
    let id = data["toolCallId"]?.string ?? event.callPrefix
    guard calls.insert(fingerprint(id)) else { return nil }
    var input = data["arguments"] ?? JSONSlice(Array("{}".utf8))
    if let text = input.string, let inner = JSONSlice(validating: Array(text.utf8)) { input = inner }
    return ToolUse(id: id, name: toolName(name), input: input)
  }

  private func result(_ event: CopilotEvent) -> ToolResult {
    let data = event.data
    var reader = ContentReader(callPrefix: event.callPrefix)
    let answer = data["result"]?["content"] ?? data["error"]?["message"] ?? data["result"]
    return ToolResult(
      toolUseID: data["toolCallId"]?.string ?? event.callPrefix, content: reader.resultParts(of: answer),
      isError: data["success"]?.bool == false)
  }
}
