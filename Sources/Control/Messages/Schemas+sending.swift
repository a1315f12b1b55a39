import Wire

extension Schemas {
  /// What the routes that talk to agents answer and take.
  static let sending: [(name: String, json: JSONSlice)] = [
    (
      "MessageRequest",
      oneOf(
        ["message": said, "text": said, "prompt": said, "content": said],
        ["client_message_id": maybeText(256)])
    ),
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
    ("KeysRequest", json(keys)),
    object("KeysPressed", ["status": text, "session_id": text, "key": text, "count": whole]),
    object("SessionOutcome", ["status": text, "session_id": text]),
    object(
      "ActivityReport",
      [
        "state": words("active", "working", "tool_use", "waiting_input", "permission", "idle", "exited"),
        "event": maybeText(128), "tool_name": maybeText(256), "tool_preview": maybeText(4096),
        "message": maybeText(4096), "agent_session_id": maybe(id), "transcript_path": maybe(transcriptPath),
      ], required: ["state"]),
    object("ActivityTaken", ["status": text, "session_id": text, "state": text, "bound": flag]),
    object(
      "Pending", ["session_id": text, "pending": "{\"type\":[\"object\",\"null\"]}"]),
    (
      "Answer",
      oneOf(
        [
          "answer": text(1000), "decision": text(1000), "response": text(1000),
          "option": "{\"type\":\"integer\",\"minimum\":1,\"maximum\":99}", "approved": flag,
        ], [:])
    ),
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
      "VoiceAccepted",
      ["status": text, "session_id": text, "message_id": text, "state": states, "text": text]),
    object(
      "StreamingRequest",
      [
        "session_id": maybeText, "sessionId": maybeText, "prompt": maybeText, "message": maybeText,
        "content": maybeText, "client_message_id": maybeText, "project_path": maybeText, "agent": maybeText,
      ], required: []),
  ]

  private static let states = words("queued", "delivered", "seen", "failed")
  /// Absolute, and no part of it is `..`.
  private static let transcriptPath =
    "{\"type\":\"string\",\"maxLength\":4096,\"pattern\":\"^(/\\\\.?[^/.][^/]*)+$\"}"
  private static let said = filled(NewSessionBody.messageLimit)

  /// An object with at least one of some members, and with others.
  private static func oneOf(
    _ needed: KeyValuePairs<String, String>, _ others: KeyValuePairs<String, String>
  ) -> JSONSlice {
    let names = needed.map { "{\"required\":[\"\($0.key)\"]}" }.joined(separator: ",")
    let members = (Array(needed) + Array(others)).map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
    return json("{\"type\":\"object\",\"anyOf\":[\(names)],\"properties\":{\(members)}}")
  }

  /// A key by its name; `ctrl` needs a letter.
  private static let keys: String = {
    let names = KeyName.allCases.filter { $0 != .control }.map { "\"\($0.rawValue)\"" }.joined(separator: ",")
    let count = maybe("{\"type\":\"integer\",\"minimum\":1,\"maximum\":100}")
    return "{\"type\":\"object\",\"required\":[\"key\"],\"properties\":{\"count\":\(count)},\"anyOf\":["
      + "{\"properties\":{\"key\":{\"enum\":[\(names)]}}},{\"required\":[\"letter\"],\"properties\":{"
      + "\"key\":{\"const\":\"\(KeyName.control.rawValue)\"},"
      + "\"letter\":{\"type\":\"string\",\"pattern\":\"^[A-Za-z]$\"}}}]}"
  }()
}
