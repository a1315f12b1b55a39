import Wire

extension Schemas {
  /// What the routes that start and steer sessions answer and take.
  static let lifecycle: [(name: String, json: JSONSlice)] = [
    object(
      "NewSession",
      [
        "project_path": maybeText, "project_id": maybeText, "subdir": maybeText, "agent": maybeText,
        "launch_kind": "{\"enum\":[\"empty\",\"agent\",\"agent_then_message\",\"agent_resume\",null]}",
        "message": maybeText, "prompt": maybeText, "native_session_id": maybeText, "title": maybeText,
        "mode": maybeText, "tags": tags, "model": maybeText, "thinking_mode": maybeText,
        "permission_mode": maybeText, "human_email": maybeText, "human_role": maybeText,
        "initiator_session_id": maybeText, "metadata": "{\"type\":[\"object\",\"null\"]}",
        "computer": maybeText,
      ], required: []),
    object(
      "SessionStarted",
      [
        "status": text, "session_id": text, "tmux_session_name": maybeText, "agent": text,
        "session": either("Session", "TeleClaudeSession"),
      ]),
    object(
      "ForkRequest",
      ["title": maybeText, "prompt": maybeText, "checkpoint_id": maybeText, "message_uuid": maybeText],
      required: []),
    object("CleanupRequest", ["older_than_hours": "{\"type\":[\"integer\",\"null\"]}"], required: []),
    object("Cleanup", ["status": text, "cleaned": whole, "session_ids": list(text)]),
    object("ControlRequest", ["permission_mode": text]),
    object("TagsRequest", ["tags": tags]),
    object("PromoteRequest", ["project_id": text]),
    object(
      "SessionPatch",
      [
        "title": maybeText, "tags": tags, "mode": maybeText,
        "visibility": "{\"enum\":[\"private\",\"shared\",\"public\",null]}",
        "pinned": "{\"type\":[\"boolean\",\"null\"]}", "archived": "{\"type\":[\"boolean\",\"null\"]}",
        "metadata": "{\"type\":[\"object\",\"null\"]}",
      ], required: []),
    object(
      "SessionPatches",
      [
        "patches": list(
          "{\"type\":\"object\",\"required\":[\"session_id\",\"status\"],\"properties\":{\"session_id\":\(text),"
            + "\"status\":\(text),\"activity\":\(maybeText),\"title\":\(maybeText),\"updated_at\":\(time)}}")
      ]),
    object(
      "Operation",
      [
        "id": text, "operation_id": text, "kind": words("restart", "revive", "resume", "fork", "control"),
        "session_id": text, "state": words("running", "done", "failed"),
        "error": "{\"type\":[\"object\",\"null\"]}", "started_at": time, "ended_at": maybeText,
      ]),
  ]

  private static let tags =
    "{\"type\":[\"array\",\"null\"],\"maxItems\":32,\"items\":{\"type\":\"string\",\"maxLength\":64}}"
}
