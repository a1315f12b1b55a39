import StreamServer
import Tail
import Wire

/// What an agent's hook reported: the body of `POST sessions/{id}/activity`. A value.
struct AgentActivity: Sendable, Hashable {
  /// The states that hooks report, by name; several mean the same status.
  static let states: [String: ReportedStatus.Status] = [
    "active": .active, "working": .active, "tool_use": .active,
    "waiting_input": .waitingInput, "permission": .waitingInput,
    "idle": .idle, "exited": .exited,
  ]

  /// As the hook said it.
  var state: String
  var status: ReportedStatus.Status
  /// The agent's name of what happened, such as `PreToolUse`.
  var event: String?
  var toolName: String?
  /// What the tool is used for, shortened.
  var toolPreview: String?
  /// What the agent says to its user.
  var message: String?
  /// The agent's id of its session.
  var nativeID: String?
  /// The file that the agent writes.
  var transcriptPath: String?

  init(_ body: Body) throws(Problem) {
    guard let state = try body.choice("state", of: Self.states.keys.sorted()) else {
      throw body.invalid("state", "is missing")
    }
    self.state = state
    status = Self.states[state] ?? .active
    event = try body.text("event", "hook_event_name", maximum: 128)
    toolName = try body.text("tool_name", maximum: 256)
    toolPreview = try body.text("tool_preview", maximum: 4096).map { String($0.prefix(200)) }
    message = try body.text("message", maximum: 4096)
    nativeID = try body.id("agent_session_id", "native_session_id")
    transcriptPath = try body.text("transcript_path", maximum: 4096)
    if let path = transcriptPath, !path.hasPrefix("/") || path.split(separator: "/").contains("..") {
      throw body.invalid("transcript_path", "must be an absolute path without ..")
    }
  }

  /// What the agent does, in a word or two.
  var activity: String? {
    switch status {
    case .active: toolName.map { "tool:\($0)" }
    case .waitingInput: toolName.map { "permission:\($0)" } ?? message
    case .idle, .exited: nil
    }
  }

  /// The members of `agent.activity`.
  func write(into json: inout JSONWriter) {
    json.field("state", state)
    json.field("status", status.rawValue)
    json.fieldOrNull("event", event)
    json.fieldIfPresent("tool_name", toolName)
    json.fieldIfPresent("tool_preview", toolPreview)
    json.fieldIfPresent("message", message)
  }
}
