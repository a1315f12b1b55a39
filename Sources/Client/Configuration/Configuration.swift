/// Everything that is decided before the server starts: an immutable value, read once by `main`.
///
/// Each property is one setting, and `Setting.all` is the list of them with their meaning, form and range.
/// The precedence is flag, then environment (`TAILCAST_…`), then file, then the default that stands here.
public struct Configuration: Sendable, Equatable {
  /// Where the server listens (`listen.…`).
  public var listen = Listen()
  /// The directory of database, lock, run file and log (`state`), absolute.
  public var state: String
  /// The watched folders (`roots`).
  public var roots: [TranscriptRoot]
  /// Whether TCP needs a key (`auth`).
  public var auth = Authentication.key
  /// Host names that requests may name, beside the listener's own and the loopback names (`allowed_hosts`).
  public var allowedHosts: [String] = []
  /// Origins of other sites whose pages may call the server (`allowed_origins`).
  public var allowedOrigins: [String] = []
  /// Addresses whose `X-Web-User-…` and `X-Forwarded-…` headers are believed (`trusted_proxies`).
  public var trustedProxies: [String] = []
  /// The YAML file with the people who work here, absolute; empty for none (`people`).
  public var people = ""
  /// The directory that clients may look around in, absolute; empty for none (`fs_root`).
  public var fsRoot = ""
  /// Projects (`projects.…`).
  public var projects = Projects()
  /// Event loops, and so threads that serve connections (`loops`); 0 is one for each core.
  public var loops = 2
  /// The log (`log.…`).
  public var log = Log()
  /// How transcripts are followed (`tail.…`).
  public var tail = TailLimits()
  /// Live streams (`streams.…`).
  public var streams = StreamLimits()
  /// Requests (`http.…`).
  public var http = HTTPLimits()
  /// WebSockets (`ws.…`).
  public var ws = WebSocketLimits()
  /// Terminals over `/mux` (`mux.…`).
  public var mux = MuxLimits()
  /// The change feed (`feed.…`).
  public var feed = FeedLimits()
  /// Search over titles and text (`search.…`).
  public var search = SearchLimits()
  /// Webhooks (`hooks.…`).
  public var hooks = HookLimits()
  /// MCP servers (`mcp.…`).
  public var mcp = MCPLimits()
  /// Channels (`channels.…`).
  public var channels = ChannelLimits()
  /// Sessions that are started here (`sessions.…`).
  public var sessions = SessionRules()
  /// Messages to agents (`messages.…`).
  public var messages = MessageLimits()
  /// Recordings that become messages (`voice.…`).
  public var voice = VoiceRules()
  /// The terminals of their agents (`terminals.…`).
  public var terminals = TerminalRules()
  /// How agents are started, by name (`agents.NAME.…`).
  public var agents = AgentTemplate.known
  /// The end of the server (`shutdown.…`).
  public var shutdown = ShutdownLimits()
  /// Requests a minute (`rate.…`).
  public var rate = RateLimits()

  /// The defaults on a machine: only the state directory and the roots depend on it.
  public init(surroundings: Surroundings) {
    state = surroundings.stateDirectory
    roots = TranscriptRoot.agentsOwn(surroundings)
    projects.roots = [surroundings.home]
    listen.socket = state + "/tailcast.sock"
  }
}

extension Configuration {
  /// Whether a TCP connection must show who it is.
  public enum Authentication: String, Sendable, CaseIterable {
    /// A key, or the cookie that a ticket was exchanged for.
    case key
    /// Nothing; allowed only while every TCP listener is loopback.
    case none
  }

  /// Where the server listens.
  public struct Listen: Sendable, Equatable {
    /// TCP port; 0 is any free one.
    public var port = 8420
    /// Address that the TCP listener binds.
    public var host = "127.0.0.1"
    /// Path of the Unix socket, absolute.
    public var socket = ""
    /// Whether to listen on TCP at all.
    public var tcp = true
  }

  /// Projects.
  public struct Projects: Sendable, Equatable {
    /// Directories below which projects may lie, absolute.
    public var roots: [String] = []
  }

  /// The log.
  public struct Log: Sendable, Equatable {
    /// How a line of the log looks.
    public enum Format: String, Sendable, CaseIterable { case text, json }
    /// From which weight on a line is written.
    public enum Level: String, Sendable, CaseIterable { case debug, info, notice, warning, error }
    /// How a line looks.
    public var format = Format.text
    /// The least weight that is written.
    public var level = Level.info
  }
}
