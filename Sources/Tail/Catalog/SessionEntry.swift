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

/// One session of the catalog: what a listing shows of it without reading its transcript.
///
/// Most have one file. One that was started here has an id of ours, no file at first, and one more with each run of
/// the agent that begins a new one: `path`, `facts`, `epoch` and `isDocument` are of the newest, `earlier` are the
/// others.
public struct SessionEntry: Sendable {
  /// The agent's own id, or one made from the path; for a session that was started here an id of ours.
  public var id: String
  /// Who wrote it.
  public var agent: AgentKind
  /// The path of the newest file of the transcript; empty while there is none.
  public var path: String
  /// True for formats whose whole file is one JSON document.
  public var isDocument: Bool
  /// The session that this one is a sub-agent of, by path or by record.
  public var parent: String?
  /// The newest facts of the file.
  public var facts: FileFacts
  /// What head and tail of the file say.
  public var summary: SessionSummary {
    get { known.summary }
    set { known = Known(newValue) }
  }
  /// Counts of the whole file, absent until the background reader has been through it.
  public var counts: SessionCounts?
  /// The epoch of the content, once a first complete record was seen.
  public var epoch: Epoch?
  /// How it stands.
  public var status = SessionStatus.idle
  /// Why it cannot be read.
  public var reason: String?
  /// What the agent's hook said, while that is the newest.
  public var reported: ReportedStatus?
  /// When the status last changed, milliseconds since 1970.
  public var statusSinceMS: Int64
  /// When the file was first seen, or the first record's time once known; milliseconds since 1970.
  public var firstSeenMS: Int64
  /// The facts for which `summary` holds; nil until head and tail were read.
  public var summarised: FileFacts?
  /// Older files of the chain, oldest first.
  public var earlier: [ChainFile] = []
  /// True for a session whose files are told by `expect` and `bind` and remembered in the store.
  public var isBound = false
  /// Where a session that was started here runs.
  public var startedIn: String?
  /// The agent's ids under which files are expected that are not there yet, oldest first.
  var awaited: [String] = []
  /// The agent's id of the newest file, once it was bound.
  var fileNativeID: String?
  private var known = Known(SessionSummary())

  /// Shared by the copies of an entry, of which each line that is written makes some: the summary changes seldom.
  private final class Known: Sendable {
    let summary: SessionSummary

    init(_ summary: SessionSummary) { self.summary = summary }
  }

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

  /// The agent's own id of the session, the newest one; nil for a session that was started here while it is not known.
  public var nativeID: String? {
    awaited.last ?? fileNativeID ?? (isBound && !hasTranscript ? nil : summary.sessionID ?? id)
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
  /// Tokens by model, in the order of the models' names; empty when the agent says nothing of them.
  public var usage: [ModelUsage]

  /// Counts.
  public init(messages: Int, turns: Int, usage: [ModelUsage] = []) {
    self.messages = messages
    self.turns = turns
    self.usage = usage
  }
}
