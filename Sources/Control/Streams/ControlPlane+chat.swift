import StreamServer
import Tail
import Wire

extension ControlPlane {
  /// `POST chat/stream`
  func chat(_ call: Call) async throws(Problem) -> Reply {
    try checkServing()
    let body = try ChatBody(try call.object())
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

  init(_ body: JSONSlice) throws(Problem) {
    guard let id = (body["session_id"] ?? body["sessionId"])?.string else {
      throw .invalid("session_id", "is missing")
    }
    guard ChatBody.isID(id) else { throw .invalid("session_id", "must match [A-Za-z0-9_-]{1,128}") }
    sessionID = id
    if let value = ChatBody.present(body["since_timestamp"]) {
      guard let time = (value.string ?? value.int.map { "\($0)" }).flatMap({ Timestamp($0) }) else {
        throw .invalid("since_timestamp", "must be ISO 8601 or milliseconds since 1970")
      }
      since = time
    }
    if let value = ChatBody.present(body["after"]) {
      guard let cursor = value.string.flatMap({ Cursor($0) }) else { throw .invalidCursor("after") }
      after = cursor
    }
    if let messages = ChatBody.present(body["messages"]), messages.kind != .array {
      throw .invalid("messages", "must be an array")
    }
    hasNewMessage = body["messages"]?.elements.last.map(ChatBody.says) ?? false
  }

  private static func present(_ value: JSONSlice?) -> JSONSlice? {
    value.flatMap { $0.isNull ? nil : $0 }
  }

  private static func isID(_ text: String) -> Bool {
    (1...128).contains(text.utf8.count)
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
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
