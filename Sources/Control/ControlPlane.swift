import Reactor
import Store
import StreamServer
import Tail
import Wire

/// Answers requests, keeps the change feed and the search index. Lives on the home loop.
///
/// A request passes the gate, finds its route, has its parameters checked by the route's declaration and is answered
/// within the time limit; every failure on the way is a `Problem` and the same kind of response.
public actor ControlPlane: TimerSink {
  nonisolated let loop: EventLoop
  nonisolated let router: Router<ControlPlane>
  let sessions: any SessionSource
  let history: any HistorySource
  let store: Store
  let rules: ControlRules
  let log: ControlLog
  let clockMS: @Sendable () -> Int64
  let onShutdown: @Sendable () -> Void
  /// Ends what was opened with credentials that were revoked.
  let revoked: @Sendable (Revocation) -> Void
  let feed: ChangeFeed
  let indexer: SearchIndexer
  let hooks: Webhooks
  let disk: Disk
  let desk: SessionDesk
  let messages: MessageQueue
  let shelf: UploadShelf
  /// Calls MCP servers.
  let mcpTransport: CurlTransport
  /// What the hooks of agents said last, by session.
  var activities: [String: AgentActivity] = [:]
  nonisolated let sessionJSON: SessionJSON
  var gate: Gate
  var index = SessionIndex()
  var phase = Phase.starting
  var statistics: (any StatisticsSource)?
  /// When a key's use was last remembered, milliseconds since 1970.
  var keyUses: [String: Int64] = [:]
  var loops: [EventLoop]
  private var waiting: [UInt64: Waiting] = [:]
  private var nextCall: UInt64 = 1
  private var renderedDocument: (body: [UInt8], tag: String)?

  /// Where the server is in its life.
  public enum Phase: String, Sendable {
    /// Listening, but sessions are not all listed yet.
    case starting
    /// Serving.
    case ready
    /// Sending its clients away.
    case draining
  }

  private struct Waiting {
    var continuation: CheckedContinuation<Reply, any Error>
    var timer: TimerToken
    var work: Task<Void, Never>
  }

  /// A control plane that is not started yet.
  ///
  /// - Parameter steering: where agents are started.
  /// - Parameter keys: what opens the TCP listener.
  /// - Parameter cookies: signs what browsers come back with.
  /// - Parameter hookTransport: what carries webhooks; libcurl unless a test has its own.
  /// - Parameter publish: given the changes in order, each after it was stored; called on the home loop.
  /// - Parameter revoked: ends what was opened with credentials that were revoked; called on the home loop.
  /// - Parameter shutdown: what `POST /shutdown` starts; called on the home loop.
  public init(
    loop: EventLoop, sessions: any SessionSource, history: any HistorySource, store: Store,
    steering: Steering, rules: ControlRules,
    keys: AccessKeys, cookies: CookieSigner, log: ControlLog,
    clockMS: @escaping @Sendable () -> Int64 = WallClock.milliseconds,
    hookTransport: (any HookTransport)? = nil, publish: @escaping @Sendable ([FeedEvent]) -> Void,
    revoked: @escaping @Sendable (Revocation) -> Void = { _ in },
    shutdown: @escaping @Sendable () -> Void
  ) {
    self.loop = loop
    self.sessions = sessions
    self.history = history
    self.store = store
    self.rules = rules
    self.log = log
    self.clockMS = clockMS
    onShutdown = shutdown
    self.revoked = revoked
    router = Router(RouteTable.all)
    sessionJSON = SessionJSON(computer: rules.computer)
    gate = Gate(rules: rules.gate, keys: keys, cookies: cookies)
    loops = [loop]
    disk = Disk(beside: store)
    feed = ChangeFeed(
      loop: loop, store: store, rules: rules.feed, hooks: rules.hooks, sessionJSON: sessionJSON,
      clockMS: clockMS, note: log.note, publish: publish)
    indexer = SearchIndexer(
      loop: loop, sessions: sessions, history: history, store: store, rules: rules.search, note: log.note,
      damaged: { [feed] session, epoch, damage in
        feed.assumeIsolated { $0.damaged(session, epoch, damage) }
      })
    hooks = Webhooks(
      loop: loop, feed: feed,
      transport: hookTransport
        ?? CurlTransport(loop: loop, rules: WebRules(rules.hooks), agent: "tailcast/\(rules.version)"),
      rules: rules.hooks, epoch: Epoch(store.feedEpoch), clockMS: clockMS, note: log.note)
    mcpTransport = CurlTransport(
      loop: loop, rules: WebRules(rules.mcp), agent: "tailcast/\(rules.version)")
    desk = SessionDesk(
      loop: loop, terminals: steering.terminals, transcripts: steering.transcripts, sessions: sessions,
      feed: feed,
      store: store, premises: Premises(executor: steering.files),
      copier: TranscriptCopier(executor: steering.files, mostBytes: rules.lifecycle.maxCopied),
      rules: rules.lifecycle, json: sessionJSON,
      clockMS: clockMS, note: log.note)
    messages = MessageQueue(
      loop: loop, feed: feed, store: store, sessions: sessions, history: history,
      terminals: steering.terminals,
      recipients: desk, rules: rules.messages, clockMS: clockMS, note: log.note)
    shelf = UploadShelf(executor: steering.files, directory: rules.lifecycle.state + "/uploads")
  }

  /// The home loop.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  // MARK: Life

  /// The sessions are listed: takes them over, says that the server is ready and begins to index.
  public func start() async {
    let desk = desk
    await feed.whenShown { [weak desk] id in desk?.assumeIsolated { $0.managed(id) } }
    await desk.observe { id, session in self.assumeIsolated { $0.steered(id, session) } }
    await desk.start()
    let entries = await sessions.entries()
    for (number, entry) in entries.enumerated() {
      // Ten thousand sessions in one turn would keep every watcher waiting; what news has told meanwhile is newer.
      if number % 256 == 255 { await Task.yield() }
      let view = await view(entry)
      if index.rows[entry.id] == nil { index.put(view) }
    }
    enter(.ready)
    let hooks = hooks
    await feed.whenQueued { [weak hooks] in hooks?.assumeIsolated { $0.wake() } }
    await hooks.start()
    await messages.start()
    await indexer.start(entries)
  }

  /// Moves on; the change feed tells of it.
  public func enter(_ phase: Phase) {
    guard phase != self.phase else { return }
    self.phase = phase
    let type = phase == .ready ? "daemon.ready" : "daemon.draining"
    if phase == .draining {
      indexer.assumeIsolated { $0.stop() }
      hooks.assumeIsolated { $0.stop() }
      messages.assumeIsolated { $0.stop() }
      desk.assumeIsolated { $0.stop() }
    }
    guard phase != .starting else { return }
    let version = rules.version
    feed.assumeIsolated { $0.announce(type, version: version) }
  }

  /// Stores what is not stored yet; the last step before the store is closed.
  public func stop() async { await feed.flush() }

  /// Gives the loops and their counters, for health and metrics.
  public func attach(loops: [EventLoop], statistics: any StatisticsSource) {
    self.loops = loops
    self.statistics = statistics
  }

  /// Takes what the tail tells. Call it on the home loop, in order.
  public func news(_ news: TailNews) {
    switch news {
    case .batch, .reopened: return
    case .absorbed(let entry, _), .forgotten(let entry):
      index.remove(entry.id)
      indexer.assumeIsolated { $0.forget(entry.id) }
    case .appended(let entry):
      if !index.grew(entry) { list(entry) }
      tellOthers(of: entry)
    case .created(let entry), .updated(let entry), .status(let entry), .closed(let entry),
      .expected(let entry), .replaced(let entry, _):
      list(entry)
      tellOthers(of: entry)
    }
    feed.assumeIsolated { $0.take(news) }
  }

  private func list(_ entry: SessionEntry) {
    index.put(
      SessionView(
        entry: entry, managed: desk.assumeIsolated { $0.managed(entry.id) },
        parent: principal(of: entry.parent)))
  }

  private func tellOthers(of entry: SessionEntry) {
    indexer.assumeIsolated { $0.changed(entry) }
    messages.assumeIsolated { $0.appended(entry.id) }
  }

  /// A transcript has bytes that are no record, in the file of an epoch.
  public func damaged(_ session: String, _ epoch: Epoch, _ damage: Damage) {
    feed.assumeIsolated { $0.damaged(session, epoch, damage) }
  }

  /// A session that is steered here changed, or was forgotten.
  private func steered(_ id: String, _ session: ManagedSession?) {
    guard session != nil else { return }
    Task(executorPreference: loop) {
      if let entry = await self.sessions.entry(id) { await self.put(entry) }
    }
  }

  private func put(_ entry: SessionEntry) async { index.put(await view(entry)) }

  /// A session as it is shown.
  func view(_ entry: SessionEntry) async -> SessionView {
    SessionView(
      entry: entry, managed: await desk.managed(entry.id), parent: principal(of: entry.parent))
  }

  /// A page of the change feed, for streams and sockets.
  public func changes(after cursor: FeedCursor?) async -> FeedPage {
    await feed.page(after: cursor)
  }

  /// A one-time ticket for a browser: `http://…/?ticket=…` gives it a cookie.
  public func browserTicket() -> String { gate.issueTicket(.browser, by: .nobody, nowMS: clockMS()) }

  /// The OpenAPI document and its tag.
  func document() -> (body: [UInt8], tag: String) {
    if let renderedDocument { return renderedDocument }
    let body = RouteTable.document(version: rules.version)
    let rendered = (body, EntityTag.of(body))
    renderedDocument = rendered
    return rendered
  }

  // MARK: The time limit

  /// Does a route's work, but not for longer than the limit.
  func perform(_ route: Route<ControlPlane>, _ call: Call) async throws(Problem) -> Reply {
    guard let action = route.action else { return .response(Response(status: 204)) }
    let id = nextCall
    nextCall += 1
    do {
      return try await withCheckedThrowingContinuation { continuation in
        let work = Task(executorPreference: loop) {
          do throws(Problem) {
            let reply = try await action(self, call)
            await self.finish(id, .success(reply))
          } catch {
            await self.finish(id, .failure(error))
          }
        }
        let timer = loop.schedule(after: rules.requestTimeout, sink: self, tag: id)
        waiting[id] = Waiting(continuation: continuation, timer: timer, work: work)
      }
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Problem(.internalError, "the request failed", inner: "\(error)")
    }
  }

  /// A route has answered; too late if the limit was reached before.
  private func finish(_ id: UInt64, _ result: Result<Reply, Problem>) {
    guard let call = waiting.removeValue(forKey: id) else { return }
    loop.cancel(call.timer)
    call.continuation.resume(with: result.mapError { $0 as any Error })
  }

  /// A request has reached its limit.
  public nonisolated func timerFired(_ tag: UInt64) {
    assumeIsolated { plane in
      guard let call = plane.waiting.removeValue(forKey: tag) else { return }
      call.work.cancel()
      call.continuation.resume(
        throwing: Problem(
          .timeout, "the request took longer than http.request_timeout (\(plane.rules.requestTimeout)) allows"
        ))
    }
  }
}
