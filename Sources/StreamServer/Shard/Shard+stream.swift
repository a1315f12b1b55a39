import Reactor
import Tail
import Wire

extension Shard {
  /// Turns a connection into a stream of server-sent events.
  func startStream(
    _ connection: Connection, _ plan: StreamPlan, _ exchange: Exchange, isChunked: Bool
  ) {
    connection.transport = isChunked ? .sseChunked : .ssePlain
    connection.phase = .streaming
    connection.exchange = nil
    var headers = [
      ("content-type", "text/event-stream"), ("cache-control", "no-cache, no-transform"),
      ("x-accel-buffering", "no"), ("date", HTTPDate.now()), ("x-request-id", exchange.requestID),
    ]
    if plan.view == .ui { headers.append(("x-vercel-ai-ui-message-stream", "v1")) }
    headers += plan.headers.map { ($0.name, $0.value) }
    headers.append(isChunked ? ("transfer-encoding", "chunked") : ("connection", "close"))
    connection.outbox.append(responseHead(status: 200, headers: headers))
    if plan.view != .ui {
      var retry: [UInt8] = []
      SSE.retry(milliseconds: context.limits.retry.milliseconds, into: &retry)
      wrap(retry, on: connection)
    }
    open(connection, for: plan.caller)
    var first = context.limits.heartbeat
    if context.limits.maxAge > .zero {
      let age = context.limits.maxAge * Double.random(in: 0.8...1.2)
      setDeadline(connection, after: age)
      first = min(first, age)
    } else {
      connection.deadline = nil
    }
    arm(connection, after: first)
    switch plan.content {
    case .transcript(let session, let start):
      subscribe(
        connection, session: session,
        Variant(view: plan.view, include: plan.include, transport: connection.transport), start,
        untilTurn: plan.untilTurn)
    case .transcripts(let wanted):
      var positions = CursorSet()
      for (session, start) in wanted {
        if case .cursor(let cursor) = start { positions[session] = cursor } else { positions[session] = nil }
      }
      connection.multiplexer = Multiplexer(positions)
      for (session, start) in wanted {
        subscribe(
          connection, session: session,
          Variant(view: plan.view, include: plan.include, transport: .ssePlain), start, untilTurn: false)
      }
    case .feed(let feed):
      startFeed(connection, feed)
    }
    pump(connection)
  }

  /// Adds a watcher of a session to a connection.
  func subscribe(
    _ connection: Connection, session: String, _ variant: Variant, _ start: StartPoint, untilTurn: Bool
  ) {
    let key = LogKey(session: session, variant: variant)
    let log: TopicLog
    if let known = logs[key] {
      log = known
    } else {
      log = TopicLog(key: key)
      logs[key] = log
      let index = self.index
      context.broadcaster.post { $0.open(key, shard: index) }
    }
    let subscription = Subscription(connection: connection, log: log, start: start, untilTurn: untilTurn)
    connection.subscriptions.append(subscription)
    log.subscriptions[ObjectIdentifier(subscription)] = subscription
    if log.facts != nil { begin(subscription) }
  }

  /// The broadcaster has opened a log: what follows is appended to it without a gap.
  func opened(_ key: LogKey, _ facts: TopicFacts, isStepOpen: Bool) {
    guard let log = logs[key], log.facts == nil else { return }
    log.facts = facts
    log.log = ByteLog(at: facts.head, limit: context.limits.ringBytes, isStepOpen: isStepOpen)
    log.beginContent(at: 0, offset: facts.head)
    for subscription in log.subscriptions.values { begin(subscription) }
  }

  /// The broadcaster cannot open a log.
  func refused(_ key: LogKey, _ error: TailError) {
    guard let log = logs[key] else { return }
    for subscription in Array(log.subscriptions.values) {
      sayBye(subscription.connection, "unreadable")
    }
  }

  /// Looks for the place at which a subscription starts, or where it was when its content could not be read.
  func begin(_ subscription: Subscription, again lost: Cursor? = nil) {
    guard let facts = subscription.log.facts else { return }
    subscription.state = .locating
    let start = lost.map(StartPoint.cursor) ?? subscription.start
    let id = subscription.connection.id
    Task {
      let entry = await self.context.engine.entry(facts.session)
      let located = await self.context.archive.locate(facts, start)
      guard self.connections[id] != nil, case .locating = subscription.state else { return }
      // A content came, or another one, while this was being looked for.
      guard subscription.log.facts?.epoch == facts.epoch else { return self.begin(subscription, again: lost) }
      if lost == nil { self.greet(subscription, entry, located) }
      self.located(subscription, located, requested: lost ?? subscription.requestedCursor)
      self.pump(subscription.connection)
    }
  }

  private func located(_ subscription: Subscription, _ located: Located, requested: Cursor?) {
    guard let facts = subscription.log.facts, facts.epoch != nil else {
      subscription.state = .awaitingContent(requested: requested)
      return
    }
    switch located {
    case .at(let cursor):
      var replay = Subscription.Replay(after: cursor)
      replay.isResume = facts.file(cursor.epoch)?.isDocument == true && requested != nil
      subscription.state = .replaying(replay)
    case .reset(let reason):
      reset(subscription, requested: requested, reason)
    case .changed:
      subscription.state = .awaitingContent(requested: requested)
      // A place that is looked for in all files has met the change in any: the whole chain is opened again.
      nudge(requested.flatMap { facts.file($0.epoch) } ?? facts.previous ?? facts)
    case .unreadable(let why):
      context.log("\(facts.session): \(why)")
      sayBye(subscription.connection, "unreadable")
    }
  }

  /// Says `hello`, without a cursor while there is no place. In the `ui` view the first page says `start` instead.
  private func greet(_ subscription: Subscription, _ entry: SessionEntry?, _ located: Located) {
    let view = subscription.log.key.variant.view
    guard view != .ui, let entry else { return }
    let beginning = subscription.log.facts?.start
    let cursor: Cursor?
    var isBeforeReset = false
    switch located {
    case .at(let place): cursor = beginning == nil ? nil : place
    case .reset:
      cursor = beginning
      isBeforeReset = true
    case .changed: cursor = nil
    case .unreadable: return
    }
    let hello = ControlFrames.hello(
      entry, cursor: cursor, isBeforeReset: isBeforeReset, server: context.server, view: view)
    say(hello, subscription, at: cursor)
  }

  /// Starts a subscription over and says so: at the beginning of the chain, unless another place is given.
  func reset(
    _ subscription: Subscription, requested: Cursor?, _ reason: ResetReason, to place: Cursor? = nil
  ) {
    guard let cursor = place ?? subscription.log.facts?.start else { return }
    statistics.resets += 1
    let key = subscription.log.key
    sayOpening(to: subscription)
    for frame in ViewEncoder.closing(hasOpenStep: subscription.hasOpenStep) {
      say(frame, subscription, at: nil)
    }
    say(
      ControlFrames.reset(
        requested: requested?.description, cursor: cursor, reason: reason, view: key.variant.view),
      subscription, at: cursor)
    subscription.log.leave(subscription)
    subscription.owesCaughtUp = true
    subscription.isStepOpen = false
    subscription.state = .replaying(.init(after: cursor))
  }

  /// Begins the message that a `ui` stream is, if it has not begun. Without an id: a client that drops before what comes
  /// next is where it was.
  func sayOpening(to subscription: Subscription) {
    guard subscription.owesOpening else { return }
    subscription.owesOpening = false
    let key = subscription.log.key
    let encoder = ViewEncoder(view: .ui, include: key.variant.include, sessionID: key.session)
    for frame in encoder.preamble(messageID: subscription.messageID, at: nil) {
      say(frame, subscription, at: nil)
    }
  }

  /// Queues a frame for one subscriber, between frames of the transcript.
  func say(_ frame: Frame, _ subscription: Subscription, at cursor: Cursor?) {
    var bytes: [UInt8] = []
    subscription.log.encoder.append(frame, line: cursor ?? Cursor(epoch: Epoch(0), offset: 0), into: &bytes)
    enqueue(bytes, from: subscription)
  }

  /// Puts whole frames of a subscription into its connection's outbox.
  func enqueue(_ bytes: [UInt8], from subscription: Subscription) {
    bytes.withUnsafeBytes { enqueue($0, from: subscription) }
  }

  /// Puts whole frames of a subscription into its connection's outbox.
  func enqueue(_ bytes: UnsafeRawBufferPointer, from subscription: Subscription) {
    let connection = subscription.connection
    guard connection.multiplexer != nil else { return connection.outbox.append(bytes) }
    var composed: [UInt8] = []
    connection.multiplexer?.compose(
      bytes, session: subscription.log.key.session, isChunked: connection.transport == .sseChunked,
      into: &composed)
    connection.outbox.append(composed)
  }

  /// Queues bytes of an event stream that belong to no subscription.
  func wrap(_ bytes: [UInt8], on connection: Connection) {
    if connection.transport == .sseChunked {
      connection.outbox.append(HTTPChunk.wrap(bytes))
    } else {
      connection.outbox.append(bytes)
    }
  }

  /// Has the tail look at a file that history found changed.
  func nudge(_ file: TopicFacts) {
    let engine = context.engine
    Task { await engine.nudge(file) }
  }
}
