import Wire

/// What one call of an agent's hook says, read from the agent's JSON. A value.
struct HookReport: Sendable, Equatable {
  /// `working`, `tool_use`, `waiting_input`, `permission`, `idle` or `exited` (API.md section 2, activity); nil for an
  /// event that says nothing about how the session is.
  var state: String?
  /// The agent's name of what happened.
  var event: String
  /// The agent's id of its session.
  var nativeID: String?
  var transcriptPath: String?
  var directory: String?
  var toolName: String?
  /// What the tool is used for.
  var toolPreview: String?
  /// What the agent says to its user.
  var message: String?
  /// Whether the agent would take something to remember into the session.
  var wantsMemory = false
  /// Whether it may tell which transcript is the session's. Codex tells of the turns of its helpers, such as the one
  /// that makes a title, as if they were those of a session.
  var isBinding = true

  /// Tools that ask the user and wait.
  private static let questions: Set<String> = ["AskUserQuestion", "ExitPlanMode", "ask_user"]
  private static let previewLimit = 200

  /// Nil for JSON that is no hook's.
  init?(_ json: JSONSlice) {
    if json["type"]?.string == "agent-turn-complete" {
      event = "agent-turn-complete"
      state = "idle"
      nativeID = json["thread-id"]?.string
      directory = json["cwd"]?.string
      isBinding = false
      return
    }
    guard let event = json["hook_event_name"]?.string else { return nil }
    self.event = event
    nativeID = json["session_id"]?.string
    transcriptPath = json["transcript_path"]?.string.flatMap { $0.hasPrefix("/") ? $0 : nil }
    directory = json["cwd"]?.string
    toolName = json["tool_name"]?.string
    toolPreview = json["tool_input"].flatMap(Self.preview)
    let source = json["source"]?.string ?? json["reason"]?.string
    switch event {
    case "SessionStart":
      // After a compaction the turn goes on.
      state = source == "compact" ? "working" : "idle"
      wantsMemory = source != "resume"
    case "UserPromptSubmit", "BeforeAgent", "PostToolUse", "AfterTool", "PreCompact", "PreCompress":
      state = "working"
    case "PreToolUse", "BeforeTool":
      state = toolName.map(Self.questions.contains) == true ? "waiting_input" : "tool_use"
    case "PermissionRequest": state = "permission"
    case "Notification":
      message = json["message"]?.string
      state = Self.notified(json["notification_type"]?.string, message)
    case "Stop", "AfterAgent": state = "idle"
    // Another session of the same agent follows at once.
    case "SessionEnd": state = source == "clear" ? nil : "exited"
    default: break
    }
  }

  private static func notified(_ type: String?, _ message: String?) -> String? {
    switch type {
    case "permission_prompt", "ToolPermission": "permission"
    case "idle_prompt", "elicitation_dialog": "waiting_input"
    case nil: message?.contains("permission") == true ? "permission" : "waiting_input"
    default: nil
    }
  }

  /// The member of a tool's input that people know it by, in one line.
  private static func preview(_ input: JSONSlice) -> String? {
    for key in ["command", "file_path", "path", "pattern", "url", "query", "description"] {
      guard let value = input[key]?.string else { continue }
      return VisibleText.clipped(VisibleText.line(value), to: previewLimit)
    }
    return nil
  }

  /// The body of `POST sessions/{id}/activity`; nil for an event that says nothing.
  var body: [UInt8]? {
    guard let state else { return nil }
    var writer = JSONWriter()
    writer.object { json in
      json.field("state", state)
      json.field("event", event)
      json.fieldIfPresent("tool_name", toolName)
      json.fieldIfPresent("tool_preview", toolPreview)
      json.fieldIfPresent("message", message.map { VisibleText.clipped($0, to: 1000) })
      if isBinding {
        json.fieldIfPresent("agent_session_id", nativeID)
        json.fieldIfPresent("transcript_path", transcriptPath)
      }
    }
    return writer.take()
  }

  /// What the agent reads from a hook that gives it something to remember.
  func memory(_ text: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { json in
      json.key("hookSpecificOutput")
      json.object { json in
        json.field("hookEventName", event)
        json.field("additionalContext", text)
      }
    }
    return writer.take()
  }
}
