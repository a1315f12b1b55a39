import Reactor

/// One reader: its connection and how far its sequence has come. Lives in the swarm's slab.
struct Reader {
  enum Kind { case steady, slow, stalled, reconnecting }

  enum Phase {
    /// Not asked to connect yet.
    case absent
    /// In the queue for a connection.
    case queued
    case connecting
    /// The request is sent, the head of the answer is not complete.
    case head
    case streaming
    /// Connects again when `retryAt` has come.
    case waiting
    /// A violation ended it.
    case broken
    /// Closed at the end of the run.
    case closed
  }

  let kind: Kind
  let topic: Int
  var phase = Phase.absent
  var fd: Int32 = -1
  var registration: Registration?
  var parser = StreamParser(.plain)
  /// The bytes of a head that is not complete.
  var head: [UInt8] = []
  /// The next line that must come.
  var line = 0
  /// The position of the newest event with an id; nil before the first `hello`.
  var position: Position?
  /// Whether the swarm counts this connection among those on their way.
  var isOpening = false
  /// Whether this connection's `hello` has come.
  var greeted = false
  /// Whether the server has announced the end of this connection.
  var toldBye = false
  /// When this connection was begun; lines appended later are live.
  var connectedAt: UInt64 = 0
  var retryAt: UInt64 = 0

  init(kind: Kind, topic: Int) {
    self.kind = kind
    self.topic = topic
  }

  /// Whether the descriptor is open.
  var isOpen: Bool { fd >= 0 }
}
