import Wire

extension Schemas {
  /// What the routes that talk to agents answer and take.
  static let sending: [(name: String, json: JSONSlice)] = [
    object(
      "MessageRequest",
      [
        "message": maybeText, "text": maybeText, "prompt": maybeText, "content": maybeText,
        "client_message_id": maybeText,
      ], required: []),
    object(
      "MessageAccepted",
      [
        "status": text, "session_id": text, "message_id": text, "client_message_id": maybeText,
        "state": states, "duplicate": flag, "created_at": time, "changed_at": time,
      ]),
    object(
      "SentMessage",
      [
        "session_id": text, "message_id": text, "client_message_id": maybeText, "state": states,
        "created_at": time, "changed_at": time,
      ]),
    object("KeysRequest", ["key": text, "count": maybeWhole, "letter": maybeText], required: ["key"]),
    object("KeysPressed", ["status": text, "session_id": text, "key": text, "count": whole]),
    object("SessionOutcome", ["status": text, "session_id": text]),
    object(
      "ActivityReport",
      [
        "state": words("active", "working", "tool_use", "waiting_input", "permission", "idle", "exited"),
        "event": maybeText, "tool_name": maybeText, "tool_preview": maybeText, "message": maybeText,
        "agent_session_id": maybeText, "transcript_path": maybeText,
      ], required: ["state"]),
    object("ActivityTaken", ["status": text, "session_id": text, "state": text, "bound": flag]),
    object(
      "Pending", ["session_id": text, "pending": "{\"type\":[\"object\",\"null\"]}"]),
    object(
      "Answer",
      [
        "answer": maybeText, "decision": maybeText, "response": maybeText, "option": maybeWhole,
        "approved": "{\"type\":[\"boolean\",\"null\"]}",
      ], required: []),
    object("Checkpoints", ["checkpoints": list(reference("Checkpoint"))]),
    object(
      "NewestCheckpoint",
      ["checkpoint": "{\"anyOf\":[\(reference("Checkpoint")),{\"type\":\"null\"}]}"]),
    object(
      "FileRequest",
      [
        "file_path": maybeText, "filename": maybeText, "caption": maybeText,
        "files": list(
          "{\"type\":\"object\",\"required\":[\"filename\",\"data\"],\"properties\":{\"filename\":\(text),"
            + "\"data\":{\"type\":\"string\",\"contentEncoding\":\"base64\"}}}"),
      ], required: []),
    object(
      "FilesAccepted",
      [
        "status": text, "session_id": text, "message_id": text, "state": states,
        "files": list(wrapped("path", text)),
      ]),
    object(
      "StreamingRequest",
      [
        "session_id": maybeText, "sessionId": maybeText, "prompt": maybeText, "message": maybeText,
        "content": maybeText, "client_message_id": maybeText, "project_path": maybeText, "agent": maybeText,
      ], required: []),
  ]

  private static let states = words("queued", "delivered", "seen", "failed")
  private static let maybeWhole = "{\"type\":[\"integer\",\"null\"]}"
}
