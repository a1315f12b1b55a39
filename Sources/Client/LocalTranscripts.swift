/// Sessions read straight from files and database, for when no server runs.
///
/// Answers are those of the server's routes, so that one renderer shows both: bodies are the JSON of
/// `GET /api/v1/sessions` and `GET /api/v1/search`, events those of `GET /api/v1/sessions/{id}/stream`.
public protocol LocalTranscripts {
  /// `{"sessions":[…],"total":n}`, newest message first, at most `query.limit` of them.
  func list(_ query: SessionQuery) throws(LocalFault) -> [UInt8]
  /// `{"results":[…],"total":n}`, best first.
  func search(_ query: SearchQuery) throws(LocalFault) -> [UInt8]
  /// Delivers a transcript's events from the start asked for.
  ///
  /// Ends when `deliver` returns false. Without `follow` it ends at the end of the file, and `caught_up` is the
  /// last event; with it, never: the process is ended by a signal.
  func read(_ request: TailRequest, deliver: (StreamEvent) -> Bool) throws(LocalFault)
}

/// Why files could not answer.
public enum LocalFault: Error, Sendable, Equatable {
  /// No such session; its id.
  case unknownSession(String)
  /// The cursor cannot be read; its text.
  case invalidCursor(String)
  /// Anything else, said for people.
  case failed(String)

  var failure: CommandFailure {
    switch self {
    case .unknownSession(let id): CommandFailure(.notFound, "no session \(VisibleText.line(id))")
    case .invalidCursor(let text): CommandFailure(.usage, "\(VisibleText.line(text)) is no cursor")
    case .failed(let reason): CommandFailure(.failed, VisibleText.line(reason))
    }
  }
}
