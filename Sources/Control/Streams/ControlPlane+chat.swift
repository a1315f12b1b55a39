import StreamServer
import Tail
import Wire

extension ControlPlane {
  /// `POST chat/stream`
  func chat(_ call: Call) async throws(Problem) -> Reply {
    try checkServing()
    let body = try ChatBody(try call.body())
    try checkSession(body.sessionID, call.caller, isChange: body.newMessage != nil)
    let entry = try await session(body.sessionID)
    let start: StartPoint
    if let cursor = call.cursor("last-event-id") ?? body.after {
      start = .cursor(cursor)
    } else if let since = body.since {
      start = .since(milliseconds: since.milliseconds, after: false)
    } else {
      start = .beginning
    }
    let include = Self.chatInclude(call)
    if let text = body.newMessage {
      guard include.contains(.seed) else {
        return try await converse(
          text, with: entry, clientID: body.clientID, field: "messages", view: .ui, include: include)
      }
      _ = try await send(text, to: entry, clientID: body.clientID, field: "messages")
    }
    return .stream(
      StreamPlan(
        .transcript(session: entry.id, start: start), view: .ui, include: include,
        untilTurn: call.text("until") == "turn"))
  }
}

/// The body of `POST chat/stream` (STREAMS section 5).
struct ChatBody {
  var sessionID: String
  var since: Timestamp?
  var after: Cursor?
  /// What the newest message says, if it is a user's.
  var newMessage: String?
  /// The client's own id of it.
  var clientID: String?

  init(_ body: Body) throws(Problem) {
    guard let id = try body.id("session_id") else { throw body.invalid("session_id", "is missing") }
    sessionID = id
    since = try body.time("since_timestamp")
    if let value = body.value("after") {
      guard let cursor = value.string.flatMap({ Cursor($0) }) else { throw .invalidCursor("after") }
      after = cursor
    }
    let newest = try body.list("messages", most: .max)?.last
    newMessage = newest.flatMap(ChatBody.text)
    guard (newMessage?.count ?? 0) <= NewSessionBody.messageLimit else {
      throw body.invalid("messages", "must not say more than \(NewSessionBody.messageLimit) characters")
    }
    clientID = try body.text("client_message_id", maximum: 256)
  }

  /// What a user's message says: `content` as a string or parts, or the AI SDK's `parts`; nil if it says nothing.
  private static func text(_ message: JSONSlice) -> String? {
    guard message["role"]?.string == "user" else { return nil }
    if let content = message["content"], content.kind == .string {
      return content.isBlankString ? nil : content.string
    }
    let parts = (message["parts"]?.elements ?? []) + (message["content"]?.elements ?? [])
    let texts = parts.filter { $0["type"]?.string == "text" }.compactMap { $0["text"]?.string }
    let text = texts.joined(separator: "\n")
    return text.allSatisfy(\.isWhitespace) ? nil : text
  }
}
