import StreamServer
import Tail
import Wire

/// Streams that begin with a message to the agent. The position is fixed before the message is queued, so that what
/// becomes of it cannot be missed.
extension ControlPlane {
  /// Sends a text and streams from before it to the end of the turn.
  func converse(
    _ text: String, with entry: SessionEntry, clientID: String?, field: String, view: ViewKind,
    include: Include
  ) async throws(Problem) -> Reply {
    let facts = try? await sessions.facts(entry.id)
    let head = facts.flatMap { facts in facts.epoch.map { Cursor(epoch: $0, offset: facts.head) } }
    _ = try await send(text, to: entry, clientID: clientID, field: field)
    return .stream(
      StreamPlan(
        .transcript(session: entry.id, start: head.map { .cursor($0) } ?? .beginning), view: view,
        include: include, untilTurn: true))
  }

  /// `POST sessions/{id}/resume`
  func resumeSession(_ call: Call) async throws(Problem) -> Reply {
    try checkServing()
    let body = try call.body()
    let text = try body.requiredText(
      "prompt", "message", "text", "content", maximum: rules.messages.maxCharacters)
    let clientID = try body.text("client_message_id", maximum: 256)
    let entry = try await session(call.id)
    return try await converse(
      text, with: entry, clientID: clientID, field: "prompt", view: Self.converseView(call),
      include: Self.include(call))
  }

  /// `POST streaming`
  func streamConversation(_ call: Call) async throws(Problem) -> Reply {
    try checkServing()
    let body = try call.body()
    let text = try body.requiredText(
      "prompt", "message", "text", "content", maximum: rules.messages.maxCharacters)
    if let id = try body.id("session_id") {
      try checkSession(id, call.caller, isChange: true)
      let clientID = try body.text("client_message_id", maximum: 256)
      return try await converse(
        text, with: try await session(id), clientID: clientID, field: "prompt", view: Self.converseView(call),
        include: Self.include(call))
    }
    var new = try NewSessionBody(body)
    new.message = text
    if new.kind == .agent { new.kind = .agentThenMessage }
    let session = try await createSession(new, call)
    return .stream(
      StreamPlan(
        .transcript(session: session.id, start: .beginning), view: Self.converseView(call),
        include: Self.include(call), untilTurn: true))
  }

  private static func converseView(_ call: Call) -> ViewKind {
    call.text("view").flatMap { ViewKind(rawValue: $0) } ?? .agent
  }
}
