import StreamServer
import Tail
import Wire

extension ControlPlane {
  /// `GET sessions/{id}/stream` and `GET chat/stream`
  func streamSession(_ call: Call, id: String, as chat: ViewKind? = nil) async throws(Problem) -> Reply {
    try checkServing()
    try checkSession(id, call.caller)
    let entry = try await session(id)
    let shown = chat ?? call.text("view").flatMap { ViewKind(rawValue: $0) } ?? .events
    return .stream(
      StreamPlan(
        .transcript(session: entry.id, start: Self.start(call)), view: shown,
        include: chat == nil ? Self.include(call) : Self.chatInclude(call),
        untilTurn: shown == .raw ? false : call.text("until") == "turn"))
  }

  /// `GET stream`
  func streamSeveral(_ call: Call) async throws(Problem) -> Reply {
    try checkServing()
    var ids: [String] = []
    for id in call.all("session") where !ids.contains(id) { ids.append(id) }
    guard ids.count <= rules.maxStreamSessions else {
      throw .invalid("session", "may name at most \(rules.maxStreamSessions) sessions")
    }
    let positions = (call.text("last-event-id") ?? call.text("after")).flatMap { CursorSet($0) }
    let otherwise = Self.startWithoutCursor(call)
    var starts: [(session: String, start: StartPoint)] = []
    for id in ids {
      try checkSession(id, call.caller)
      let entry = try await session(id)
      // The ids of the stream name it by its own id, whatever it was asked for by.
      guard !starts.contains(where: { $0.session == entry.id }) else { continue }
      let position = positions?[entry.id] ?? positions?[id]
      starts.append((entry.id, position.map { .cursor($0) } ?? otherwise))
    }
    let view = call.text("view").flatMap { ViewKind(rawValue: $0) } ?? .events
    return .stream(StreamPlan(.transcripts(starts), view: view, include: Self.include(call)))
  }

  /// `GET events`
  func streamFeed(_ call: Call) throws(Problem) -> Reply {
    if let id = call.text("session_id") {
      try checkSession(id, call.caller)
    } else if !Visibility.isOwner(call.caller) {
      // Its rows tell of everybody's sessions.
      throw .ownersOnly(call.caller)
    }
    let after = (call.text("last-event-id") ?? call.text("after")).flatMap { FeedCursor($0) }
    return .stream(
      StreamPlan(
        .feed(FeedPlan(topics: Set(call.words("topics")), session: call.text("session_id"), after: after))))
  }

  /// `GET ws`
  static func openSocket(_ call: Call) throws(Problem) -> Reply {
    let key = try WebSocketHandshake.key(of: call.request.head)
    return .webSocket(WebSocketPlan(key: key, use: .topics, caller: call.caller))
  }

  /// A stream that begins while the server goes would be told `bye` at once.
  func checkServing() throws(Problem) {
    guard phase != .draining else { throw Problem(.unavailable, "the server is stopping") }
  }

  /// Where a stream begins: the precedence of STREAMS section 2.
  static func start(_ call: Call) -> StartPoint {
    if let cursor = call.cursor("last-event-id") ?? call.cursor("after") { return .cursor(cursor) }
    return startWithoutCursor(call)
  }

  private static func startWithoutCursor(_ call: Call) -> StartPoint {
    if let time = call.time("since_timestamp") {
      return .since(milliseconds: time.milliseconds, after: call.text("since_mode") == "after")
    }
    if let count = call.number("tail") { return .tail(count) }
    return .beginning
  }

  static func include(_ call: Call) -> Include {
    call.text("include").flatMap { Include(parameter: $0) } ?? .standard
  }

  /// The same on the routes that know `compat`.
  static func chatInclude(_ call: Call) -> Include {
    call.text("compat") == "seed" ? [include(call), .seed] : include(call)
  }
}
