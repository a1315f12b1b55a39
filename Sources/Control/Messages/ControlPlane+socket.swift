import StreamServer
import Wire

extension ControlPlane {
  /// Does what a client of a WebSocket asks for; the members of its `ack`, or the refusal.
  public func command(_ command: SocketCommand) async -> Result<[UInt8], Problem> {
    do throws(Problem) {
      if let verdict = gate.count(command.caller, .sessions, nowMS: clockMS()), !verdict.isAllowed {
        throw Problem(.rateLimitExceeded, "more than \(verdict.limit) a minute (rate.sessions)")
      }
      return .success(try await perform(command))
    } catch {
      if let inner = error.inner { log.note("socket: \(inner)") }
      return .failure(error)
    }
  }

  private func perform(_ command: SocketCommand) async throws(Problem) -> [UInt8] {
    let body = Body(command.message)
    guard let id = try body.id("session_id", "id") else { throw body.invalid("session_id", "is missing") }
    try checkSession(id, command.caller, isChange: true)
    let entry = try await session(id)
    var writer = JSONWriter()
    switch command.operation {
    case "send":
      try checkServing()
      let text = try body.requiredText(
        "text", "message", "prompt", "content", maximum: rules.messages.maxCharacters)
      let clientID = try body.text("client_message_id", maximum: 256)
      let sent = try await send(text, to: entry, clientID: clientID, field: "text")
      writer.object { json in
        sent.message.write(into: &json)
        json.field("duplicate", sent.isDuplicate)
      }
    case "interrupt":
      try await interrupt(entry.id)
      writer.object { $0.field("status", "interrupted") }
    default:
      let label = try await answer(
        try ChosenAnswer(body), entry.id, request: try body.id("request_id"))
      writer.object { json in
        json.field("status", "answered")
        json.fieldOrNull("option", label)
      }
    }
    return writer.take()
  }
}
