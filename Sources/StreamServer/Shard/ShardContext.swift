import Reactor
import Tail
import Wire

/// What a shard asks of the rest of the server; the same for every loop.
struct ShardContext: Sendable {
  var engine: TailEngine
  var archive: Archive
  var broadcaster: Broadcaster
  var limits: StreamLimits
  var http: HTTPLimits
  var webSocket: WebSocketLimits
  var mux: MuxLimits
  /// Name and version, as `hello` says them.
  var server: String
  /// Counts the connections of all loops.
  var open: SharedCount
  /// Counts the processes that show terminals, on all loops.
  var terminals: SharedCount
  /// Answers a request, on the home loop.
  var handle: @Sendable (Request) async -> Reply
  /// Most bytes of a request's body; nil is the usual limit.
  var bodyLimit: @Sendable (RequestHead) -> Int?
  /// Does what a client of a WebSocket asks for, on the home loop.
  var command: @Sendable (SocketCommand) async -> Result<[UInt8], Problem>
  /// How the terminal of a session is shown to a viewer, if that may see it; on the home loop.
  var terminal: @Sendable (TerminalDemand) async -> Result<TerminalGrant, Problem>
  /// A page of the change feed: after a position, or (nil) nothing but where the feed stands.
  var feed: @Sendable (FeedCursor?) async -> FeedPage
  var log: @Sendable (String) -> Void
}

/// The limits of requests; each is a setting `http.…` of the same name.
public struct HTTPLimits: Sendable, Hashable {
  /// Most bytes of a request's head.
  public var headBytes = 16 << 10
  /// How long a head may take to arrive.
  public var headTimeout = Duration.seconds(10)
  /// Most bytes of a body.
  public var bodyBytes = 1 << 20
  /// How long a connection may rest between requests.
  public var keepAlive = Duration.seconds(75)

  /// The defaults.
  public init() {}
}

/// The limits of WebSockets; each is a setting `ws.…` of the same name.
public struct WebSocketLimits: Sendable, Hashable {
  /// Most topics of one socket.
  public var maxTopics = 256
  /// Most bytes of a message that comes in (close code 1009).
  public var maxMessageBytes = 1 << 20
  /// How often a socket is pinged.
  public var ping = Duration.seconds(20)
  /// How long the answer may take.
  public var pongTimeout = Duration.seconds(20)

  /// The defaults.
  public init() {}
}
