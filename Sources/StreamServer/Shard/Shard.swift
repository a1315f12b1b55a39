import Glibc
import Reactor
import Tail
import Wire

/// The connections, logs and subscriptions of one loop. Everything in it is plain and belongs to this loop's thread.
///
/// One turn: what sockets say is read, what the broadcaster posted is appended to logs, and at the end of the turn
/// each changed log is sent to its readers in as few sends as possible.
public actor Shard: ReadinessSink, TimerSink, TurnSink {
  nonisolated let loop: EventLoop
  nonisolated let index: Int
  let context: ShardContext
  var connections: [UInt64: Connection] = [:]
  var logs: [LogKey: TopicLog] = [:]
  var dirty: [TopicLog] = []
  /// The turn whose slice of sends was used up.
  var flushCut: Instant?
  var feedReaders: [UInt64: FeedSubscription] = [:]
  var feedWindow: [FeedEvent] = []
  var feedEpoch: Epoch?
  var statistics = ShardStatistics()
  var isDraining = false
  /// Terminals of `/mux` sockets, by their tag.
  var terminals: [UInt64: MuxTerminal] = [:]
  var nextTerminal: UInt64 = 1
  /// What was revoked lately.
  var revocations: [(revocation: Revocation, at: Instant)] = []
  private var nextID: UInt64 = 1

  init(index: Int, loop: EventLoop, context: ShardContext) {
    self.index = index
    self.loop = loop
    self.context = context
  }

  /// The loop.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  /// Runs a step on this loop, after everything that was posted before.
  nonisolated func post(_ body: @escaping @Sendable (isolated Shard) -> Void) {
    loop.post { self.assumeIsolated { body($0) } }
  }

  /// Begins to be told of ends of turns.
  func start() { loop.atTurnEnd(self) }

  /// What this loop has done.
  func currentStatistics() -> ShardStatistics {
    var now = statistics
    now.connections = connections.count
    for connection in connections.values {
      switch connection.phase {
      case .streaming: now.sseStreams += 1
      case .webSocket: now.webSockets += 1
      default: break
      }
      now.subscriptions += connection.subscriptions.count
    }
    now.logs = logs.count
    now.logBytes = logs.values.reduce(0) { $0 + ($1.log?.reserved ?? 0) }
    return now
  }

  /// Takes over an accepted socket.
  func adopt(_ descriptor: Int32, peer: Peer) {
    let id = nextID
    nextID += 1
    var limits = RequestDecoder.Limits()
    limits.headBytes = context.http.headBytes
    limits.bodyBytes = context.http.bodyBytes
    let connection = Connection(id: id, descriptor: descriptor, peer: peer, limits: limits, now: loop.now)
    do {
      connection.registration = try loop.register(descriptor, .readable, sink: self, tag: id)
    } catch {
      Glibc.close(descriptor)
      context.open.release()
      context.log("connection: \(error)")
      return
    }
    connections[id] = connection
    statistics.accepted += 1
    setDeadline(connection, after: context.http.headTimeout)
    arm(connection, after: context.http.headTimeout)
  }

  /// A socket is ready, or a terminal.
  public nonisolated func ready(_ tag: UInt64, _ readiness: Readiness) {
    assumeIsolated { shard in
      if tag & Self.terminalBit == 0 {
        shard.handle(tag, readiness)
      } else {
        shard.ready(terminal: tag, readiness)
      }
    }
  }

  /// A connection's timer is due.
  public nonisolated func timerFired(_ tag: UInt64) {
    assumeIsolated { $0.due(tag) }
  }

  /// Everything of this turn has run: logs that changed are sent.
  public nonisolated func turnEnded() {
    assumeIsolated { $0.flush() }
  }

  private func handle(_ id: UInt64, _ readiness: Readiness) {
    guard let connection = connections[id] else { return }
    // A hang-up is not asked for, so it means both directions: nobody is there to be answered.
    if readiness.contains(.error) { return close(connection, "error") }
    if readiness.contains(.hangup) { return close(connection, "closed_by_peer") }
    if readiness.contains(.writable) {
      connection.isBlocked = false
      pump(connection)
    }
    guard connections[id] === connection else { return }
    if readiness.contains(.readable) { read(connection) }
  }

  /// Closes a connection and everything that hangs on it; its cursor is the client's.
  func close(_ connection: Connection, _ why: String) {
    guard connections.removeValue(forKey: connection.id) != nil else { return }
    context.open.release()
    statistics.closes[why, default: 0] += 1
    if let timer = connection.timer { loop.cancel(timer) }
    for subscription in connection.subscriptions { end(subscription) }
    connection.subscriptions = []
    endTerminals(of: connection)
    feedReaders[connection.id] = nil
    if let registration = connection.registration { loop.deregister(registration) }
    Glibc.close(connection.descriptor)
  }

  /// Asks to be told when the socket takes bytes again, or no longer.
  func setInterest(_ connection: Connection) {
    var wanted: Readiness = connection.isHalfClosed || connection.isReadingPaused ? [] : .readable
    if connection.isBlocked { wanted.insert(.writable) }
    guard wanted != connection.interest, let registration = connection.registration else { return }
    connection.interest = wanted
    loop.modify(registration, wanted)
  }

  func setDeadline(_ connection: Connection, after: Duration) { connection.deadline = loop.now + after }

  func arm(_ connection: Connection, after: Duration) {
    var due = loop.now + after
    // A socket that takes nothing is noticed in time, whatever else is waited for.
    if connection.isBlocked { due = min(due, connection.blockedSince + context.limits.stallTimeout) }
    if let expires = connection.expires { due = min(due, expires) }
    if let timer = connection.timer { loop.cancel(timer) }
    connection.timerDue = due
    connection.timer = loop.schedule(
      after: max(due - loop.now, .milliseconds(1)), sink: self, tag: connection.id)
  }
}
