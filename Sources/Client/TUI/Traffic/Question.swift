import Wire

/// A request of the TUI; it comes back with its answer. A value.
enum Question: Equatable {
  /// Which stretch of a transcript is read.
  enum Stretch: Equatable {
    case end
    case before(String)
    case after(String)
    /// What is later than a moment, ISO 8601.
    case later(than: String)
  }

  /// A page of the list of sessions, from 1.
  case sessions(page: Int, closedToo: Bool)
  case session(String)
  case history(String, Stretch)
  /// Words in all sessions.
  case search(String)
  case send(OutgoingText)
  case interrupt(String)
  /// What the agent asks.
  case pending(String)
  case answer(String, text: String)

  /// Sessions of one page, the most that a page may have.
  static let sessionsPerPage = 100
  /// Records of one page of history: the first fills the screen at once, the others serve scrolling and searching.
  static let firstPage = 60
  static let page = 250

  /// The request.
  var call: ServerCall {
    switch self {
    case .sessions(let page, let closedToo):
      var call = ServerCall("GET", "sessions")
      call.ask("page", "\(page)")
      call.ask("page_size", "\(Self.sessionsPerPage)")
      call.ask("sort", "updated_at")
      call.ask("kind", "session")
      if closedToo { call.ask("all", "true") }
      return call
    case .session(let id): return ServerCall("GET", Self.path(id))
    case .history(let id, let stretch):
      var call = ServerCall("GET", Self.path(id, "/messages"))
      call.ask("view", "events")
      switch stretch {
      case .end: call.ask("limit", "\(Self.firstPage)")
      case .before(let cursor):
        call.ask("before", cursor)
        call.ask("limit", "\(Self.page)")
      case .after(let cursor):
        call.ask("after", cursor)
        call.ask("limit", "\(Self.page)")
      case .later(let moment):
        call.ask("since", moment)
        call.ask("limit", "\(Self.page)")
      }
      return call
    case .search(let words):
      var call = ServerCall("GET", "search")
      call.ask("q", words)
      call.ask("limit", "\(SearchResults.most)")
      return call
    case .send(let text):
      var call = ServerCall("POST", Self.path(text.session, "/messages"))
      call.set("message", text.text)
      call.set("client_message_id", text.id)
      return call
    case .interrupt(let id): return ServerCall("POST", Self.path(id, "/interrupt"))
    case .pending(let id): return ServerCall("GET", Self.path(id, "/pending"))
    case .answer(let id, let text):
      var call = ServerCall("POST", Self.path(id, "/answer"))
      if let option = Int64(text) {
        call.set("option", json: JSONSlice(int: option))
      } else {
        call.set("answer", text)
      }
      return call
    }
  }

  private static func path(_ session: String, _ rest: String = "") -> String {
    "sessions/\(PercentEncoding.encode(session))\(rest)"
  }
}
