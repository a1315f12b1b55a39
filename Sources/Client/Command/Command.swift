import Wire

/// What the command line asks for.
public enum Command: Sendable, Equatable {
  case serve
  case list(SessionQuery)
  case tail(TailRequest)
  case search(SearchQuery)
  case status
  case stop
  case doctor
  case version
  case openapi
  /// Requests to the server, one after the other; the first that fails ends it.
  case calls([ServerCall])
  /// Leave a server in the background; what follows `serve`.
  case start([String])
  case restart([String])
  /// Keep a server running.
  case supervise([String])
  case logs(LogRequest)
  case open(isPrintOnly: Bool)
  case terminal(TerminalRequest)
  case completion(Completion)
  /// Answer an MCP client.
  case mcp
  /// Changes the user's systemd unit.
  case changeService(ServiceChange)
  /// Prints a unit for others to install.
  case printService(ServiceUnit)
  /// A call of an agent's hook.
  case activity(ActivityRequest)
  /// Changes an agent's own settings.
  case changeHooks(HookChange)
  /// Help on a topic: a command's name, `configuration`, `man`, or nil for the overview.
  case help(String?)
}

/// Which sessions are listed, newest message first.
public struct SessionQuery: Sendable, Equatable {
  /// Closed ones too.
  public var all = false
  /// Of this agent only.
  public var agent: String?
  /// With these words in title or text only.
  public var search: String?
  /// At most so many.
  public var limit = 50

  /// The newest 50 open sessions.
  public init() {}
}

/// What is searched for.
public struct SearchQuery: Sendable, Equatable {
  /// The words, as typed.
  public var words: String
  /// At most so many hits.
  public var limit = 20

  /// The 20 best hits.
  public init(words: String) { self.words = words }
}

/// Which part of which transcript is read, and how it is shown.
public struct TailRequest: Sendable, Equatable {
  /// Where reading starts.
  public enum Start: Sendable, Equatable {
    /// At the first record.
    case beginning
    /// After the record with this cursor.
    case after(String)
    /// At the first record of this time (STREAMS section 2).
    case since(Timestamp)
    /// With the last so many records.
    case last(Int)
  }
  /// What is read of a record.
  public enum View: String, Sendable, CaseIterable { case events, raw }

  /// The session's id.
  public var session: String
  /// Where reading starts.
  public var start = Start.beginning
  /// Whether to go on when the end is reached.
  public var follow = false
  /// What is read.
  public var view = View.events

  /// A whole transcript.
  public init(session: String) { self.session = session }
}
