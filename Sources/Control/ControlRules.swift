import StreamServer

/// Everything about the control plane that is decided before the server starts.
public struct ControlRules: Sendable {
  /// The program's version.
  public var version: String
  /// The machine's name, `computer` of every session.
  public var computer: String
  /// When the process began, milliseconds since 1970.
  public var startedAtMS: Int64
  /// Who comes in.
  public var gate = GateRules()
  /// Within which time a request that is no stream is answered (`http.request_timeout`).
  public var requestTimeout = Duration.seconds(60)
  /// Most bytes of a body (`http.body_bytes`).
  public var bodyBytes = 1 << 20
  /// Most bytes of an upload (`http.upload_bytes`).
  public var uploadBytes = 32 << 20
  /// Sessions on one stream.
  public var maxStreamSessions = 64
  /// What a stream that is refused for load is told to wait (`streams.retry`).
  public var retry = Duration.seconds(2)
  /// The change feed.
  public var feed = FeedRules()
  /// Sessions that are started here.
  public var lifecycle = LifecycleRules()
  /// Messages to agents.
  public var messages = MessageRules()
  /// Recordings that become messages.
  public var voice = VoiceRules()
  /// MCP servers.
  public var mcp = MCPRules()
  /// The search index.
  public var search = SearchRules()
  /// Webhooks.
  public var hooks = HookRules()
  /// Channels.
  public var channels = ChannelRules()
  /// Directories below which projects may lie (`projects.roots`).
  public var projectRoots: [String] = []
  /// The directory that `GET filesystem/browse` shows, or none (`fs_root`).
  public var browseRoot: String?
  /// Names of the agents that can be started.
  public var agents = ["claude", "codex", "gemini"]
  /// Reads the people of the file that the setting `people` names; nil without the setting. May block.
  public var people: (@Sendable () -> Result<[Person], PeopleFault>)?

  /// The defaults.
  public init(version: String, computer: String, startedAtMS: Int64) {
    self.version = version
    self.computer = computer
    self.startedAtMS = startedAtMS
  }
}

/// The limits of the change feed; `coalesce`, `appendedRate` and `keep` are settings `feed.…`.
public struct FeedRules: Sendable, Hashable {
  /// Least time between two `transcript.appended` of one session.
  public var coalesce = Duration.milliseconds(100)
  /// Most `transcript.appended` in a second of all sessions together: of many that grow each is told of less often.
  public var appendedRate = 1000
  /// Least time between two `session.updated` of one session; the last of them has the newest state.
  public var coalesceUpdates = Duration.seconds(1)
  /// How long rows gather after a batch was written.
  public var gather = Duration.milliseconds(20)
  /// A client that is further behind than this many rows is told `reset`.
  public var maxGap = 10_000
  /// Rows of one page.
  public var pageRows = 500
  /// Most changes that wait for a database that cannot be written; beyond it they are lost, and the feed says so.
  public var maxPending = 10_000
  /// After a write that failed, how long until the next try.
  public var retry = Duration.seconds(1)

  /// The defaults.
  public init() {}

  /// Milliseconds between two `transcript.appended` of one session while so many grow: the rows of a thousand would take
  /// more time than their lines.
  func appendedSpanMS(growing sessions: Int) -> Int64 {
    max(Int64(coalesce.milliseconds), Int64(sessions * 1000 / appendedRate))
  }
}

/// The limits of the search index; each is a setting `search.…` of the same name.
public struct SearchRules: Sendable, Hashable {
  /// Whether transcripts are indexed in the background.
  public var enabled = true
  /// Bytes of a transcript that are indexed in one go.
  public var pageBytes = 1 << 20
  /// How long the indexer rests after a page, so that clients and the log come first.
  public var rest = Duration.milliseconds(5)
  /// The same while clients read history, which comes from the same thread.
  public var restBesideReaders = Duration.milliseconds(100)

  /// The defaults.
  public init() {}
}

/// The limits of channels; each is a setting `channels.…` of the same name.
public struct ChannelRules: Sendable, Hashable {
  /// Messages of each channel that are kept.
  public var keep = 1_000
  /// Most channels.
  public var max = 1_000

  /// The defaults.
  public init() {}
}
