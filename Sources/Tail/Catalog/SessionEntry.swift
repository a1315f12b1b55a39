import Wire

/// How a discovered session stands, derived from its transcript and never stored as a truth of its own.
public enum SessionStatus: String, Sendable {
  /// The agent is in a turn, or wrote just now.
  case active
  /// The last turn has ended.
  case idle
  /// The transcript was deleted.
  case closed
  /// The transcript cannot be read; `reason` says why.
  case unreadable
}

/// One transcript of the catalog: what a listing shows of it without reading it.
public struct SessionEntry: Sendable {
  /// The agent's own id, or one made from the path.
  public var id: String
  /// Who wrote it.
  public var agent: AgentKind
  /// The transcript's path.
  public var path: String
  /// True for formats whose whole file is one JSON document.
  public var isDocument: Bool
  /// The session that this one is a sub-agent of, by path or by record.
  public var parent: String?
  /// The newest facts of the file.
  public var facts: FileFacts
  /// What head and tail of the file say.
  public var summary = SessionSummary()
  /// Counts of the whole file, absent until the background reader has been through it.
  public var counts: SessionCounts?
  /// The epoch of the content, once a first complete record was seen.
  public var epoch: Epoch?
  /// How it stands.
  public var status = SessionStatus.idle
  /// Why it cannot be read.
  public var reason: String?
  /// When the status last changed, milliseconds since 1970.
  public var statusSinceMS: Int64
  /// When the file was first seen, or the first record's time once known; milliseconds since 1970.
  public var firstSeenMS: Int64
  /// The facts for which `summary` holds; nil until head and tail were read.
  public var summarised: FileFacts?

  /// A session whose file was just found.
  init(
    id: String, agent: AgentKind, path: String, isDocument: Bool, parent: String?, facts: FileFacts,
    statusSinceMS: Int64, firstSeenMS: Int64
  ) {
    self.id = id
    self.agent = agent
    self.path = path
    self.isDocument = isDocument
    self.parent = parent
    self.facts = facts
    self.statusSinceMS = statusSinceMS
    self.firstSeenMS = firstSeenMS
  }

  /// Milliseconds since 1970 of the last write.
  public var updatedMS: Int64 { facts.modifiedNS / 1_000_000 }

  /// Milliseconds since 1970: the first record's time, or when the file was first seen.
  public var createdMS: Int64 {
    summary.firstTimestamp.flatMap { Timestamp($0)?.milliseconds } ?? firstSeenMS
  }
}

/// What only the whole file can tell; filled in the background and absent until known.
public struct SessionCounts: Sendable, Hashable {
  /// Messages shown in the default view.
  public var messages: Int
  /// User turns.
  public var turns: Int

  /// Counts.
  public init(messages: Int, turns: Int) {
    self.messages = messages
    self.turns = turns
  }
}
