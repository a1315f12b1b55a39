import Wire

/// Follows one session's stream over any number of connections. Owned by one `tail`.
final class StreamFollower {
  /// How a connection ended.
  enum Ending {
    /// All that was asked for has been shown.
    case finished
    /// The server answered with something else than a stream.
    case refused(Reply)
    /// The stream ended; what follows is to be had by another connection.
    case ended
  }

  private let request: TailRequest
  private let screen: TailScreen
  var progress: TailProgress
  /// Milliseconds that the server asked to wait.
  private(set) var retry: Int?
  /// True once a stream has delivered an event.
  private(set) var hasBegun = false

  init(request: TailRequest, screen: TailScreen) {
    self.request = request
    self.screen = screen
    progress = TailProgress(follow: request.follow)
  }

  /// One connection, from where the last one ended.
  func follow(_ connection: ServerConnection) throws(RequestFailure) -> Ending {
    var parser = SSEParser(lastEventID: progress.lastID)
    var isFinished = false
    var overflowed = false
    let path = "/api/v1/sessions/\(PercentEncoding.encode(request.session))/stream"
    let reply = try connection.stream(path, query: query, lastEventID: progress.lastID) { [self] bytes in
      do throws(SSEParser.Overflow) {
        for event in try parser.feed(bytes) where !isFinished {
          hasBegun = true
          isFinished = !screen.show(event, &progress)
        }
      } catch {
        overflowed = true
      }
      screen.output.flush()
      retry = parser.retry ?? retry
      // Where nothing can be shown any more there is nothing left to do; `run` says why.
      if screen.output.fault != nil { isFinished = true }
      return !isFinished && !overflowed
    }
    if overflowed { throw .broken("an event is larger than \(ByteSize.format(parser.limit))") }
    if isFinished { return .finished }
    return reply.status == 200 ? .ended : .refused(reply)
  }

  /// The place to start from counts only until the server has named a better one.
  private var query: [(String, String)] {
    var query = [("view", request.view.rawValue)]
    guard progress.lastID == nil else { return query }
    switch request.start {
    case .beginning: break
    case .after(let cursor): query.append(("after", cursor))
    case .since(let moment): query.append(("since_timestamp", moment.iso8601))
    case .last(let count): query.append(("tail", "\(count)"))
    }
    return query
  }
}
