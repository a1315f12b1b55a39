/// A stream that the TUI listens to (STREAMS sections 4 and 6).
enum StreamName: Hashable {
  /// What changes anywhere.
  case feed
  /// What a session's transcript gets.
  case transcript(String)

  var path: String {
    switch self {
    case .feed: "/api/v1/events"
    case .transcript(let session): "/api/v1/sessions/\(PercentEncoding.encode(session))/stream"
    }
  }

  var query: [(String, String)] {
    switch self {
    case .feed: [("topics", "sessions,activity,transcript,messages")]
    case .transcript: [("view", "events"), ("include", "text,thinking,tools,activity,meta")]
    }
  }
}
