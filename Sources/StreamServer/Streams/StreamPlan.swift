import Wire

/// Where a stream begins (STREAMS section 2, in the order of precedence).
public enum StartPoint: Sendable, Hashable {
  /// After this position.
  case cursor(Cursor)
  /// At the first record at which the newest timestamp seen so far reaches this time, milliseconds since 1970;
  /// `after`: exceeds it (`since_mode=after`).
  case since(milliseconds: Int64, after: Bool)
  /// With the last N records.
  case tail(Int)
  /// With the first record.
  case beginning
}

/// A stream that was asked for and granted.
public struct StreamPlan: Sendable {
  /// What is streamed.
  public enum Content: Sendable {
    /// One transcript; ids are cursors.
    case transcript(session: String, start: StartPoint)
    /// Several transcripts on one stream; ids are `session:cursor` pairs joined by commas.
    case transcripts([(session: String, start: StartPoint)])
    /// The change feed.
    case feed(FeedPlan)
  }
  /// What is streamed.
  public var content: Content
  /// In which form (transcripts only).
  public var view: ViewKind
  /// What of it.
  public var include: Include
  /// `until=turn`: the stream ends with the turn.
  public var untilTurn: Bool
  /// Who asked; the stream ends with what it came in with.
  public var caller: Caller?
  /// Header fields of the response beside the usual ones: what is left of the rate, who else may read it.
  public var headers: [(name: String, value: String)] = []

  /// A plan.
  public init(
    _ content: Content, view: ViewKind = .events, include: Include = .standard, untilTurn: Bool = false
  ) {
    self.content = content
    self.view = view
    self.include = include
    self.untilTurn = untilTurn
  }
}

/// A subscription to the change feed (STREAMS section 6).
public struct FeedPlan: Sendable {
  /// Topics wanted; empty means all.
  public var topics: Set<String>
  /// Only changes of this session.
  public var session: String?
  /// Changes after this position; nil begins with the next one.
  public var after: FeedCursor?

  /// A plan.
  public init(topics: Set<String> = [], session: String? = nil, after: FeedCursor? = nil) {
    self.topics = topics
    self.session = session
    self.after = after
  }
}
