import Wire

extension Schemas {
  /// What the routes that start and steer sessions answer and take.
  static let lifecycle: [(name: String, json: JSONSlice)] = [
    object(
      "NewSession",
      [
        "project_path": maybeText(4096), "project_id": maybeText(4096), "subdir": maybeText(4096),
        "agent": maybeText(64),
        "launch_kind": "{\"enum\":[\"empty\",\"agent\",\"agent_then_message\",\"agent_resume\",null]}",
        "message": maybeText(NewSessionBody.messageLimit), "prompt": maybeText(NewSessionBody.messageLimit),
        "native_session_id": maybe(id), "title": maybeText(SessionLabels.titleLimit), "mode": maybeText(64),
        "tags": maybe(tags), "model": maybeText(128), "thinking_mode": maybeText(64),
        "permission_mode": maybeText(64), "human_email": maybeText(320), "human_role": maybeText(64),
        "initiator_session_id": maybe(id), "metadata": maybe(any), "computer": maybeText(256),
      ], required: []),
    object(
      "SessionStarted",
      [
        "status": text, "session_id": text, "tmux_session_name": maybeText, "agent": text,
        "session": either("Session", "TeleClaudeSession"),
      ]),
    object(
      "ForkRequest",
      [
        "title": maybeText(SessionLabels.titleLimit), "prompt": maybeText(NewSessionBody.messageLimit),
        "checkpoint_id": maybeText(ControlPlane.checkpointLimit),
        "message_uuid": maybeText(ControlPlane.checkpointLimit),
      ], required: []),
    object(
      "CleanupRequest",
      ["older_than_hours": maybe("{\"type\":\"integer\",\"minimum\":0,\"maximum\":100000}")], required: []),
    object("Cleanup", ["status": text, "cleaned": whole, "session_ids": list(text)]),
    object("ControlRequest", ["permission_mode": filled(64)]),
    object("TagsRequest", ["tags": tags]),
    object("PromoteRequest", ["project_id": filled(4096)]),
    ("SessionPatch", json(patch)),
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
        "id": text, "operation_id": text, "kind": operationKinds,
        "session_id": text, "state": operationStates,
        "error": "{\"type\":[\"object\",\"null\"]}", "started_at": time, "ended_at": maybeText,
      ]),
    (
      "RewindRequest",
      json(
        "{\"type\":\"object\",\"anyOf\":[{\"required\":[\"checkpoint_id\"]},{\"required\":[\"message_uuid\"]}],"
          + "\"properties\":{\"checkpoint_id\":\(filled(ControlPlane.checkpointLimit)),"
          + "\"message_uuid\":\(filled(ControlPlane.checkpointLimit))}}")
    ),
    object(
      "Rewind",
      [
        "id": text, "operation_id": text, "kind": operationKinds, "session_id": text,
        "state": operationStates,
        "files_restored": flag, "message": text,
      ]),
  ]

  private static let operationKinds = words("restart", "revive", "resume", "fork", "control", "rewind")
  private static let operationStates = words("running", "done", "failed")

  private static let tags =
    "{\"type\":\"array\",\"maxItems\":32,\"items\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":64,"
    + "\"pattern\":\"^[^,]*$\"}}"

  /// At least one of the members, which may all be null: nothing is changed then.
  private static let patch: String = {
    let members: KeyValuePairs<String, String> = [
      "title": maybeText(SessionLabels.titleLimit), "tags": maybe(tags), "mode": maybeText(64),
      "visibility": "{\"enum\":[\"private\",\"shared\",\"public\",null]}", "pinned": maybe(flag),
      "archived": maybe(flag), "metadata": maybe(any),
    ]
    let properties = members.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
    let needed = members.map { "{\"required\":[\"\($0.key)\"]}" }.joined(separator: ",")
    return "{\"type\":\"object\",\"anyOf\":[\(needed)],\"properties\":{\(properties)}}"
  }()
}
