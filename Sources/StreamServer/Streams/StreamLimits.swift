/// The limits of live streams; each is a setting `streams.…` of the same name.
public struct StreamLimits: Sendable, Hashable {
  /// Most bytes of a topic's newest frames kept in memory for each variant and loop.
  public var ringBytes = 1 << 20
  /// Most bytes of a page of history, unless one line alone is larger.
  public var pageBytes = 128 << 10
  /// Pages kept for the next client that asks for the same.
  public var cachedPages = 32
  /// A comment line is sent after this long without traffic.
  public var heartbeat = Duration.seconds(15)
  /// A socket that takes no byte for this long is closed.
  public var stallTimeout = Duration.seconds(30)
  /// A stream is ended with `bye` after this long, give or take 20 %; zero is never.
  public var maxAge = Duration.seconds(600)
  /// The `retry:` sent to clients.
  public var retry = Duration.seconds(2)
  /// Sends of one flush before the loop looks at its other events.
  public var flushSlice = 256
  /// Connections of all loops together.
  public var maxConnections = 20_000
  /// Sessions on one stream.
  public var maxSessions = 64

  /// The defaults.
  public init() {}
}
