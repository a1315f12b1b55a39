import CLinux
import Glibc
import Reactor
import Tail
import Wire

/// The streaming server: listeners on the home loop, a shard on every loop, and the broadcaster that feeds them.
public actor StreamServer: ReadinessSink, TimerSink {
  private nonisolated let loop: EventLoop
  nonisolated let shards: [Shard]
  private let broadcaster: Broadcaster
  private let limits: StreamLimits
  private let log: @Sendable (String) -> Void
  private var listeners: [Int: (listener: Listener, registration: Registration)] = [:]
  private var nextListener = 0
  private var nextShard = 0
  private let open = SharedCount()
  private let ownUID = geteuid()

  /// A server that listens nowhere yet.
  ///
  /// - Parameters:
  ///   - handle: answers a request; called on the home loop.
  ///   - damaged: told of bytes of a watched transcript that are no record; called on the home loop.
  ///   - feed: a page of the change feed after a position; nil asks where the feed stands.
  public init(
    loops: LoopGroup, engine: TailEngine, archive: Archive, limits: StreamLimits, http: HTTPLimits,
    webSocket: WebSocketLimits, mux: MuxLimits, server: String, log: @escaping @Sendable (String) -> Void,
    damaged: @escaping @Sendable (String, Epoch, Damage) -> Void,
    handle: @escaping @Sendable (Request) async -> Reply,
    bodyLimit: @escaping @Sendable (RequestHead) -> Int? = { _ in nil },
    command: @escaping @Sendable (SocketCommand) async -> Result<[UInt8], Problem>,
    terminal: @escaping @Sendable (TerminalDemand) async -> Result<TerminalGrant, Problem>,
    feed: @escaping @Sendable (FeedCursor?) async -> FeedPage
  ) {
    loop = loops.home
    self.limits = limits
    self.log = log
    broadcaster = Broadcaster(loop: loops.home, engine: engine, archive: archive, damaged: damaged)
    let context = ShardContext(
      engine: engine, archive: archive, broadcaster: broadcaster, limits: limits, http: http,
      webSocket: webSocket, mux: mux,
      server: server, open: open, terminals: SharedCount(), handle: handle, bodyLimit: bodyLimit,
      command: command, terminal: terminal, feed: feed, log: log)
    shards = loops.loops.enumerated().map { Shard(index: $0, loop: $1, context: context) }
  }

  /// The home loop.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  /// Starts the shards. Nothing is accepted before `listen`.
  public func start() async {
    await broadcaster.attach(shards)
    for shard in shards { await shard.start() }
  }

  /// Listens on a Unix socket.
  ///
  /// - Throws: a sentence that names the setting.
  public func listen(unix path: String) throws {
    try add(Listener.unix(path))
  }

  /// Listens on TCP.
  ///
  /// - Returns: the port, which the system chose if 0 was asked for.
  public func listen(host: String, port: Int) throws -> Int {
    let (listener, actual) = try Listener.tcp(host, port: port)
    try add(listener)
    return actual
  }

  private func add(_ listener: Listener) throws {
    let tag = nextListener
    nextListener += 1
    let registration = try loop.register(listener.descriptor, .readable, sink: self, tag: UInt64(tag))
    listeners[tag] = (listener, registration)
  }

  /// What the tail tells, for watchers. Called on the home loop and done at once: a batch must not wait for a hop.
  public nonisolated func take(_ news: TailNews) {
    broadcaster.assumeIsolated { broadcaster in
      switch news {
      case .batch(let batch): broadcaster.take(batch)
      case .status(let entry), .closed(let entry): broadcaster.status(entry)
      case .created(let entry): broadcaster.subagent(entry)
      case .absorbed(let entry, _), .forgotten(let entry), .reopened(let entry):
        broadcaster.moved(entry.id)
      case .updated, .appended, .replaced, .expected: break
      }
    }
  }

  /// Changes that were stored, for readers of the feed.
  public nonisolated func take(_ events: [FeedEvent], epoch: Epoch) {
    for shard in shards { shard.post { $0.take(events, epoch: epoch) } }
  }

  /// Ends the streams and sockets that were opened with what was revoked. Called on the home loop.
  public nonisolated func revoke(_ revocation: Revocation) {
    for shard in shards { shard.post { $0.revoke(revocation) } }
  }

  /// What each loop has done.
  public func statistics() async -> [ShardStatistics] {
    var all: [ShardStatistics] = []
    for shard in shards { all.append(await shard.currentStatistics()) }
    return all
  }

  /// Stops accepting, says goodbye to streams within `grace`, and waits until all connections are gone or the time
  /// is over.
  public func drain(within grace: Duration) async {
    for (_, entry) in listeners { loop.deregister(entry.registration) }
    listeners = [:]
    for shard in shards { await shard.drain(within: grace) }
    let end = loop.now + grace
    while loop.now < end {
      var left = 0
      for shard in shards { left += await shard.currentStatistics().connections }
      if left == 0 { return }
      await pause(.milliseconds(20))
    }
    for shard in shards { await shard.closeAll() }
  }

  private var pauses: [UInt64: CheckedContinuation<Void, Never>] = [:]
  private var nextPause: UInt64 = 0

  private func pause(_ time: Duration) async {
    nextPause += 1
    let tag = nextPause
    await withCheckedContinuation { continuation in
      pauses[tag] = continuation
      loop.schedule(after: time, sink: self, tag: tag)
    }
  }

  /// A pause is over, or accepting can be tried again.
  public nonisolated func timerFired(_ tag: UInt64) {
    assumeIsolated { $0.pauses.removeValue(forKey: tag)?.resume() }
  }

  /// A listener has connections.
  public nonisolated func ready(_ tag: UInt64, _ readiness: Readiness) {
    assumeIsolated { $0.accept(Int(tag)) }
  }

  /// Accepts a batch; the rest comes in the next turn.
  private func accept(_ tag: Int) {
    guard let listener = listeners[tag]?.listener else { return }
    for _ in 0..<256 {
      var address = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let descriptor = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
          tc_accept4(listener.descriptor, raw, &length, TC_SOCK_NONBLOCK | TC_SOCK_CLOEXEC)
        }
      }
      guard descriptor >= 0 else {
        if errno == EINTR || errno == ECONNABORTED { continue }
        if errno == EMFILE || errno == ENFILE { exhausted(tag) }
        return
      }
      guard let peer = identify(descriptor, listener, &address, length), open.admit(limits.maxConnections)
      else {
        close(descriptor)
        continue
      }
      let shard = shards[nextShard]
      nextShard = (nextShard + 1) % shards.count
      shard.post { $0.adopt(descriptor, peer: peer) }
    }
  }

  private func identify(
    _ descriptor: Int32, _ listener: Listener, _ address: inout sockaddr_storage, _ length: socklen_t
  ) -> Peer? {
    if listener.isUnix {
      var uid: UInt32 = 0
      var gid: UInt32 = 0
      var pid: Int32 = 0
      guard tc_peer_credentials(descriptor, &uid, &gid, &pid) == 0, uid == ownUID || uid == 0 else {
        return nil
      }
      return .unix(uid: uid)
    }
    Socket.sendAtOnce(descriptor)
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { PeerAddress.peer($0, length) }
    }
  }

  /// No descriptor is left: accepting rests a little, or the loop would spin.
  private func exhausted(_ tag: Int) {
    guard let entry = listeners[tag] else { return }
    log("no descriptors are left; raise the limit on open files (ulimit -n)")
    loop.modify(entry.registration, [])
    Task {
      await self.pause(.milliseconds(100))
      if let entry = self.listeners[tag] { self.loop.modify(entry.registration, .readable) }
    }
  }
}
