import Reactor
import Wire

/// One accepted socket on its loop: what it is being used for and what it has to send. Owned by its shard.
final class Connection {
  /// What the connection is used for.
  enum Phase {
    /// Reads requests.
    case reading
    /// A request is being answered on the home loop.
    case dispatched
    /// Carries a stream of server-sent events.
    case streaming
    /// Carries WebSocket frames.
    case webSocket(WebSocketSession)
  }

  let id: UInt64
  let descriptor: Int32
  var registration: Registration?
  var interest: Readiness = .readable
  var phase = Phase.reading
  /// Its requests; given up when the connection becomes a stream: one that waits for news keeps nothing of its head.
  var exchange: Exchange?
  var outbox = Outbox()
  var subscriptions: [Subscription] = []
  /// The subscription that has sent a part of a frame: nothing may come between.
  var middle: Subscription?
  /// Puts the ids of several sessions on one stream together.
  var multiplexer: Multiplexer?
  /// The change feed on this connection.
  var feed: FeedSubscription?
  /// Its terminals, if it is a `/mux` socket.
  var mux: MuxSocket? {
    guard case .webSocket(let session) = phase else { return nil }
    return session.mux
  }
  /// What this stream or socket was opened with, and when that ends by itself.
  var opener: Caller.Identity?
  var expires: Instant?
  /// How this stream wraps what is not from a log.
  var transport = Transport.sseChunked
  /// The socket took no more.
  var isBlocked = false
  var blockedSince = Instant(nanoseconds: 0)
  /// Close once everything is sent.
  var closesWhenSent = false
  /// All was sent, the close frame too, and the peer is given time to close.
  var isLingering = false
  /// So much was sent ahead of an answer that reading rests.
  var isReadingPaused = false
  /// The peer will send no more.
  var isHalfClosed = false
  var lastSent = Instant(nanoseconds: 0)
  /// When what is being waited for is over: a request's head, the next request, a stream's life.
  var deadline: Instant?
  var timer: TimerToken?
  var timerDue = Instant(nanoseconds: 0)

  init(id: UInt64, descriptor: Int32, peer: Peer, limits: RequestDecoder.Limits, now: Instant) {
    self.id = id
    self.descriptor = descriptor
    exchange = Exchange(peer: peer, limits: limits)
    lastSent = now
  }
}
