import StreamServer
import Tail
import Wire

extension ControlPlane {
  /// `POST chat/stream`
  func chat(_ call: Call) async throws(Problem) -> Reply {
    try checkServing()
    let body = try ChatBody(try call.body())
    try checkSession(body.sessionID, call, isChange: body.hasNewMessage)
    let entry = try await session(body.sessionID)
    guard !body.hasNewMessage else {
      throw Problem(
        .sendNotBuilt,
        "messages cannot be sent to an agent yet; without a new user message the session is streamed")
    }
    let start: StartPoint
    if let cursor = call.cursor("last-event-id") ?? body.after {
      start = .cursor(cursor)
    } else if let since = body.since {
      start = .since(milliseconds: since.milliseconds, after: false)
    } else {
      start = .beginning
    }
    return .stream(
      StreamPlan(
        .transcript(session: entry.id, start: start), view: .ui, include: Self.include(call),
        untilTurn: call.text("until") == "turn"))
  }
}

/// The body of `POST chat/stream` (STREAMS section 5).
struct ChatBody {
  var sessionID: String
  var since: Timestamp?
  var after: Cursor?
  /// True when the newest message is a user's and says something.
  var hasNewMessage: Bool

  init(_ body: Body) throws(Problem) {
    guard let id = try body.id("session_id") else { throw body.invalid("session_id", "is missing") }
    sessionID = id
    since = try body.time("since_timestamp")
    if let value = body.value("after") {
      guard let cursor = value.string.flatMap({ Cursor($0) }) else { throw .invalidCursor("after") }
      after = cursor
    }
    hasNewMessage = try body.list("messages", most: .max)?.last.map(ChatBody.says) ?? false
  }

  /// Whether a message is a user's text: `content` as a string or parts, or the AI SDK's `parts`.
  private static func says(_ message: JSONSlice) -> Bool {
    guard message["role"]?.string == "user" else { return false }
    if let content = message["content"], content.kind == .string, !content.isBlankString { return true }
    let parts = (message["parts"]?.elements ?? []) + (message["content"]?.elements ?? [])
    return parts.contains { part in
      part["type"]?.string == "text" && part["text"].map { $0.kind == .string && !$0.isBlankString } ?? false
    }
  }
}
