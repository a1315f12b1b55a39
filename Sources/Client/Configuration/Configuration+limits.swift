extension Configuration {
  /// How transcripts are followed.
  public struct TailLimits: Sendable, Equatable {
    /// How changes of files are learned.
    public enum Mode: String, Sendable, CaseIterable {
      /// inotify, and polling where it is not to be had.
      case auto
      /// Polling only.
      case poll
    }
    /// Largest record that is read whole, bytes.
    public var maxRecordBytes = 8 << 20
    /// How long what writers write gathers before it is read, while they write densely; 0 is never.
    public var gather = Duration.milliseconds(2)
    /// Time between two looks at a polled file.
    public var pollInterval = Duration.seconds(1)
    /// Time between two full comparisons of all folders with what is known.
    public var reconcileInterval = Duration.seconds(60)
    /// Most bytes of one read of a growing file.
    public var readBytes = 256 << 10
    /// How far back from its end a file is read to learn title, model and last message, bytes.
    public var lookback = 1 << 20
    /// Most inotify watches; 0 is as many as the kernel gives.
    public var maxWatches = 0
    /// How changes are learned.
    public var mode = Mode.auto
  }

  /// Live streams, SSE and WebSocket alike.
  public struct StreamLimits: Sendable, Equatable {
    /// Age at which a stream is rotated by `bye`, ± 20 %; 0 is never.
    public var maxAge = Duration.seconds(600)
    /// Silence after which a comment line is sent.
    public var heartbeat = Duration.seconds(15)
    /// Time after which a socket that takes no byte is closed.
    public var stallTimeout = Duration.seconds(30)
    /// How long a client waits before it comes back (`retry:`).
    public var retry = Duration.seconds(2)
    /// Bytes of live frames kept in memory for each transcript and view that somebody watches.
    public var ringBytes = 1 << 20
    /// Bytes of one page of history.
    public var pageBytes = 128 << 10
    /// Sends in a row before the loop looks at its other events.
    public var flushSlice = 256
    /// Most connections at once, of all kinds.
    public var maxConnections = 20_000
  }

  /// Requests.
  public struct HTTPLimits: Sendable, Equatable {
    /// Largest request head, bytes.
    public var headBytes = 16 << 10
    /// Time in which a head must arrive.
    public var headTimeout = Duration.seconds(10)
    /// Largest request body, bytes.
    public var bodyBytes = 1 << 20
    /// Largest upload, bytes.
    public var uploadBytes = 32 << 20
    /// Time in which a request that is not a stream must be answered.
    public var requestTimeout = Duration.seconds(60)
    /// How long an idle connection is kept.
    public var keepAlive = Duration.seconds(75)
  }

  /// WebSockets.
  public struct WebSocketLimits: Sendable, Equatable {
    /// Most topics of one socket.
    public var maxTopics = 256
    /// Largest inbound message, bytes.
    public var maxMessageBytes = 1 << 20
    /// Time between two pings.
    public var ping = Duration.seconds(20)
    /// Time without a pong after which a socket is closed.
    public var pongTimeout = Duration.seconds(20)
  }

  /// Terminals that are shown over `/mux`.
  public struct MuxLimits: Sendable, Equatable {
    /// Most terminals of one socket.
    public var maxTerminals = 16
    /// Most terminals of all sockets; each is a process.
    public var maxClients = 128
    /// Bytes that wait for a viewer at which its terminal is read no further.
    public var pauseBytes = 1 << 20
    /// Bytes that still wait when reading goes on.
    public var resumeBytes = 256 << 10
    /// Typed bytes that may wait for a terminal that does not read.
    public var inputBytes = 256 << 10
  }

  /// The change feed.
  public struct FeedLimits: Sendable, Equatable {
    /// Rows kept.
    public var keep = 100_000
    /// Least time between two `transcript.appended` of one session.
    public var coalesce = Duration.milliseconds(100)
    /// Most `transcript.appended` in a second of all sessions together.
    public var appendedRate = 1000
  }

  /// Search over titles and message text.
  public struct SearchLimits: Sendable, Equatable {
    /// Whether transcripts are indexed in the background.
    public var enabled = true
    /// Bytes of a transcript that are indexed in one go.
    public var pageBytes = 1 << 20
  }

  /// Webhooks.
  public struct HookLimits: Sendable, Equatable {
    /// Whether deliveries are sent; events are kept for them all the same.
    public var enabled = true
    /// Whether receivers on this machine and in private networks may be called.
    public var allowPrivate = false
    /// Within which time a receiver must have answered, name lookup included.
    public var timeout = Duration.seconds(10)
    /// Attempts before a delivery is given up.
    public var attempts = 10
    /// Attempts at once.
    public var inFlight = 8
    /// Contracts at once.
    public var maxContracts = 256
    /// Deliveries that may wait for one receiver.
    public var maxPending = 10_000
    /// Deliveries that are kept after their end.
    public var keep = 10_000
  }

  /// MCP servers that are asked what they offer.
  public struct MCPLimits: Sendable, Equatable {
    /// Within which time a server must have been started or reached, and must have answered.
    public var timeout = Duration.seconds(10)
    /// Whether servers on this machine and in private networks may be called.
    public var allowPrivate = false
    /// Most bytes of what a server answers.
    public var maxBytes = 4 << 20
  }

  /// Channels.
  public struct ChannelLimits: Sendable, Equatable {
    /// Messages of each channel that are kept.
    public var keep = 1_000
    /// Most channels.
    public var max = 1_000
  }

  /// Sessions that are started here.
  public struct SessionRules: Sendable, Equatable {
    /// Whether agents get the variables of the login shell.
    public var loginEnvironment = true
    /// Longest wait for the login shell.
    public var environmentTimeout = Duration.seconds(10)
    /// Time after which an agent that shows nothing counts as started.
    public var startTimeout = Duration.seconds(15)
    /// Time in which an agent whose terminal was closed must end before it is killed.
    public var closeGrace = Duration.seconds(5)
    /// Most bytes of a transcript that are copied to go on at an earlier message.
    public var maxCopyBytes = 256 << 20
    /// Permission modes that members may choose.
    public var memberModes = ["default", "plan", "acceptEdits"]
  }

  /// Messages to agents.
  public struct MessageLimits: Sendable, Equatable {
    /// Most messages of one session that wait.
    public var maxQueued = 1_000
    /// Time for which texts are kept and a `client_message_id` answers with its message.
    public var keep = Duration.seconds(86_400)
    /// Time for which Enter is tried before a message that the agent does not take has failed.
    public var enterLimit = Duration.seconds(30)
  }

  /// Recordings that become messages to agents.
  public struct VoiceRules: Sendable, Equatable {
    /// The program that hears them and its arguments; empty for none.
    public var command: [String] = []
    /// Within which time it must have written the text.
    public var timeout = Duration.seconds(45)
    /// Largest recording, bytes.
    public var maxBytes = 25 << 20
  }

  /// The terminals of agents.
  public struct TerminalRules: Sendable, Equatable {
    /// Name of the tmux server (`tmux -L`); `auto` is one of the state directory's own.
    public var socket = "auto"
    /// The program tmux.
    public var tmux = "tmux"
    /// Longest wait for an answer of tmux.
    public var timeout = Duration.seconds(5)
    /// Columns of a terminal.
    public var columns = 160
    /// Rows of a terminal.
    public var rows = 50
  }

  /// The end of the server.
  public struct ShutdownLimits: Sendable, Equatable {
    /// Time in which clients are sent away and requests in flight are finished.
    public var grace = Duration.seconds(10)
  }

  /// Requests a minute for each key or peer, by rate class; the burst is as large. 0 is no limit.
  public struct RateLimits: Sendable, Equatable {
    /// Streams opened.
    public var streaming = 20
    /// Session routes.
    public var sessions = 100
    /// Autocompletion.
    public var autocomplete = 60
    /// All other routes.
    public var other = 50
    /// Wrong keys from one peer.
    public var badKeys = 5
    /// Whether the limits hold for the Unix socket and for loopback too.
    public var loopback = false
  }
}
