import Store
import StreamServer
import Tail
import Wire

extension ControlPlane {
  /// `POST sessions/{id}/messages`
  func sendMessage(_ call: Call) async throws(Problem) -> Reply {
    try checkServing()
    let body = try call.body()
    let text = try body.requiredText(
      "message", "text", "prompt", "content", maximum: rules.messages.maxCharacters)
    let clientID = try body.text("client_message_id", maximum: 256)
    let entry = try await session(call.id)
    let (message, isDuplicate) = try await send(text, to: entry, clientID: clientID, field: "message")
    return .response(Self.accepted(message, isDuplicate: isDuplicate))
  }

  /// `GET sessions/{id}/messages/{message_id}`
  func showSentMessage(_ call: Call) async throws(Problem) -> Reply {
    let id = call.text("message_id") ?? ""
    let entry = try await session(call.id)
    let found: (OutgoingMessage, TypingMachine.Hold?)?
    do throws(StoreError) {
      found = try await messages.message(id)
    } catch {
      throw .store(error)
    }
    guard let (message, held) = found, message.session == entry.id else {
      throw Problem(.messageNotFound, "no message \(Problem.quoted(id)) was sent to this session lately") {
        $0.field("message_id", id)
      }
    }
    var writer = JSONWriter()
    writer.object { message.write(into: &$0, held: held) }
    return .response(.json(writer.take()))
  }

  /// Puts a text into a session's queue.
  /// - Parameter field: where the text came from, for refusals.
  func send(
    _ text: String, to entry: SessionEntry, clientID: String?, field: String
  ) async throws(Problem) -> (message: OutgoingMessage, isDuplicate: Bool) {
    try Self.check(text, for: entry.agent, field: field)
    let managed = await desk.managed(entry.id)
    if let managed, managed.isManaged {
      if managed.state == .closing || managed.state == .closed { throw .desk(.closed(managed.id)) }
      if managed.launchKind == .empty, managed.nativeID == nil { throw .desk(.noAgent(managed.id)) }
    } else if entry.status == .closed {
      throw .desk(.closed(entry.id))
    }
    let accepted: MessageQueue.Accepted
    do throws(StoreError) {
      accepted = try await messages.accept(text, session: entry.id, clientID: clientID)
    } catch {
      throw .store(error)
    }
    guard case .queued(let message, let isDuplicate) = accepted else {
      throw Problem(
        .queueFull, "\(rules.messages.maxQueued) messages of this session wait already (messages.max_queued)"
      ).with("retry-after", "10")
    }
    return (message, isDuplicate)
  }

  /// What can be typed to an agent.
  static func check(_ text: String, for agent: AgentKind, field: String) throws(Problem) {
    if let scalar = TypingScript.controlCharacter(in: text) {
      let code = String(scalar.value, radix: 16, uppercase: true)
      throw .invalid(
        field,
        "has the control character U+\(String(repeating: "0", count: max(0, 4 - code.count)))\(code), which a "
          + "terminal takes for a key")
    }
    if agent == .codex, text.first(where: { !$0.isWhitespace }) == "!" {
      throw .invalid(field, "begins with !: codex would run it as a shell command and not read it")
    }
  }

  static func accepted(_ message: OutgoingMessage, isDuplicate: Bool) -> Response {
    var writer = JSONWriter()
    writer.object { json in
      json.field("status", "success")
      message.write(into: &json)
      json.field("duplicate", isDuplicate)
    }
    return .json(writer.take(), status: 202)
  }
}
