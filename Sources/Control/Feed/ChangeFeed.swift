import Reactor
import Store
import StreamServer
import Tail
import Wire

/// Turns what happens into rows of the change log and hands the numbered rows on (STREAMS section 6). Lives on the
/// home loop.
///
/// Rows are written in batches: what gathers while one batch is being written is the next one. A change is handed on
/// after it was stored, never before: its number is its id. The first row after a rest is written at once; a
/// transaction costs as much as a hundred rows, so the next batch gathers for a moment.
actor ChangeFeed: TimerSink {
  nonisolated let loop: EventLoop
  private let store: Store
  private let rules: FeedRules
  private let hooks: HookRules
  private let sessionJSON: SessionJSON
  private let clockMS: @Sendable () -> Int64
  private let note: @Sendable (String) -> Void
  private let publish: @Sendable ([FeedEvent]) -> Void
  private var pending: [Change] = []
  private var isWriting = false
  private var failure: String?
  private var lost = 0
  private var newest: Int64 = 0
  private var growth = Coalescer()
  private var updates = Coalescer()
  private var damages = DamageLedger()
  /// Set for `rules.gather` after each batch.
  private var isGathering = false
  private var isSweepArmed = false
  private var onQueued: @Sendable () -> Void = {}
  private var steered: @Sendable (String) -> ManagedSession? = { _ in nil }

  private enum Timer: UInt64 { case sweep = 1, retry, gathered }

  init(
    loop: EventLoop, store: Store, rules: FeedRules, hooks: HookRules, sessionJSON: SessionJSON,
    clockMS: @escaping @Sendable () -> Int64, note: @escaping @Sendable (String) -> Void,
    publish: @escaping @Sendable ([FeedEvent]) -> Void
  ) {
    self.loop = loop
    self.store = store
    self.rules = rules
    self.hooks = hooks
    self.sessionJSON = sessionJSON
    self.clockMS = clockMS
    self.note = note
    self.publish = publish
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  /// How the feed is doing, for `/health`.
  struct Health: Sendable {
    var pending: Int
    var lost: Int
    var failure: String?
  }

  var health: Health { Health(pending: pending.count, lost: lost, failure: failure) }

  /// Has it told, on the home loop, when deliveries were put into the outbox.
  func whenQueued(_ body: @escaping @Sendable () -> Void) { onQueued = body }

  /// Has it asked, on the home loop, what is known here of a session that it tells of.
  func whenShown(_ body: @escaping @Sendable (String) -> ManagedSession?) { steered = body }

  // MARK: Changes

  /// Takes what the tail tells.
  func take(_ news: TailNews) {
    let now = clockMS()
    switch news {
    case .batch, .reopened: break
    case .appended(let entry):
      if growth.take(entry, nowMS: now, spanMS: growthSpanMS) { row(of: news, now) }
      armSweep()
    case .updated(let entry):
      if updates.take(entry, nowMS: now, spanMS: Int64(rules.coalesceUpdates.milliseconds)) {
        row(of: news, now)
      }
      armSweep()
    case .created(let entry), .status(let entry), .closed(let entry), .replaced(let entry, _):
      updates.renew(entry)
      row(of: news, now)
    case .absorbed(let entry, _), .forgotten(let entry):
      // Nothing may be told of a session after it is gone.
      growth.forget(entry.id)
      updates.forget(entry.id)
      row(of: news, now)
    case .expected: break
    }
  }

  /// The row is made when it is due: most appends of a busy session never have one.
  private func row(of news: TailNews, _ nowMS: Int64) {
    if let change = FeedChanges(json: sessionJSON, nowMS: nowMS).change(news, steered: steered) {
      append(change)
    }
  }

  /// A transcript has bytes that are no record.
  func damaged(_ session: String, _ epoch: Epoch, _ damage: Damage) {
    guard damages.take(session, epoch, damage) else { return }
    append(FeedChanges(json: sessionJSON, nowMS: clockMS()).damaged(session, epoch, damage))
  }

  /// The server itself has moved on.
  func announce(_ type: String, version: String) {
    append(FeedChanges(json: sessionJSON, nowMS: clockMS()).system(type) { $0.field("version", version) })
  }

  /// Makes a change and its rows of the feed in one transaction, and hands the rows on: neither is ever there
  /// without the other.
  /// - Parameter body: what it answers is the value of the call and the rows; no rows when nothing was changed.
  func commit<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws(StoreError) -> (Value, [Change])
  ) async throws(StoreError) -> Value {
    let (limits, epoch, hooks, now) = (store.limits, Epoch(store.feedEpoch), hooks, clockMS())
    let (value, stored, queued) = try await store.write { (database) throws(StoreError) in
      let (value, changes) = try body(database)
      guard !changes.isEmpty else { return (value, changes, 0) }
      let stored = try database.append(changes, limits: limits)
      let outbox = Outbox(database: database, epoch: epoch, rules: hooks)
      return (value, stored, try outbox.enqueue(stored, nowMS: now))
    }
    handOn(stored)
    if queued > 0 { onQueued() }
    return value
  }

  /// Answers of the store come in the order of its transactions, so rows are handed on in the order of their numbers.
  private func handOn(_ stored: [Change]) {
    guard let last = stored.last else { return }
    newest = max(newest, last.seq)
    publish(stored.map(FeedEvent.init))
  }

  private func append(_ change: Change) {
    // A database that stays unwritable must not fill the memory; the feed says that it has a hole.
    if pending.count >= rules.maxPending {
      lost += pending.count
      pending = []
    }
    pending.append(change)
    write()
  }

  private func write() {
    guard !isWriting, !isGathering, failure == nil, !pending.isEmpty else { return }
    isWriting = true
    Task(executorPreference: loop) { await self.writeBatch() }
  }

  private func writeBatch() async {
    let batch = pending
    pending = []
    do {
      try await commit { (_) throws(StoreError) in ((), batch) }
      failure = nil
      isWriting = false
      isGathering = true
      _ = loop.schedule(after: rules.gather, sink: self, tag: Timer.gathered.rawValue)
    } catch {
      pending = batch + pending
      isWriting = false
      if failure == nil { note("change feed: cannot be stored: \(error)") }
      failure = error.message
      _ = loop.schedule(after: rules.retry, sink: self, tag: Timer.retry.rawValue)
    }
  }

  /// Stores what still gathers, before the store is closed.
  func flush() async {
    while hasUnstored { await storeNext() }
  }

  private var hasUnstored: Bool { failure == nil && (isWriting || !pending.isEmpty) }

  /// Stores what has gathered, or waits for the batch on its way.
  private func storeNext() async {
    if isWriting {
      // The storage answers in turn: the batch comes back first.
      _ = try? await store.changeLogRange()
    } else {
      isWriting = true
      await writeBatch()
    }
  }

  // MARK: Timers

  nonisolated func timerFired(_ tag: UInt64) {
    assumeIsolated { $0.due(Timer(rawValue: tag)) }
  }

  private func due(_ timer: Timer?) {
    switch timer {
    case .retry: retry()
    case .sweep:
      isSweepArmed = false
      let now = clockMS()
      for entry in growth.sweep(nowMS: now, spanMS: growthSpanMS) {
        row(of: .appended(entry), now)
      }
      for entry in updates.sweep(nowMS: now, spanMS: Int64(rules.coalesceUpdates.milliseconds)) {
        row(of: .updated(entry), now)
      }
      armSweep()
    case .gathered:
      isGathering = false
      write()
    case nil: break
    }
  }

  private func retry() {
    failure = nil
    if lost > 0 {
      let count = lost
      lost = 0
      append(
        FeedChanges(json: sessionJSON, nowMS: clockMS()).system("error") { json in
          json.field("code", "FEED_LOST")
          json.field("count", count)
        })
    }
    write()
  }

  private var growthSpanMS: Int64 { rules.appendedSpanMS(growing: growth.count) }

  private func armSweep() {
    guard !isSweepArmed, !growth.isEmpty || !updates.isEmpty else { return }
    isSweepArmed = true
    _ = loop.schedule(after: rules.coalesce, sink: self, tag: Timer.sweep.rawValue)
  }

  // MARK: Reading

  /// Rows after a position; without one only where the feed stands. A position that cannot be resumed from is a
  /// reset to the newest row: what changed in between has to be asked for by REST.
  func page(after cursor: FeedCursor?) async -> FeedPage {
    let epoch = Epoch(store.feedEpoch)
    if cursor == nil {
      // What has happened is no news to who begins now. It is on its way or in the next batch.
      for _ in 0..<2 where hasUnstored { await storeNext() }
    }
    do {
      let range = try await store.changeLogRange()
      newest = max(newest, range.newest)
      guard let cursor else { return at(range.newest, epoch, reset: nil) }
      guard cursor.epoch == epoch else { return at(range.newest, epoch, reset: .unknownEpoch) }
      guard let after = Int64(exactly: cursor.sequence), after <= range.newest else {
        return at(range.newest, epoch, reset: .notABoundary)
      }
      guard range.newest - after <= Int64(rules.maxGap), after >= range.oldest - 1 else {
        return at(range.newest, epoch, reset: .truncated)
      }
      let rows = try await store.changes(after: after, limit: rules.pageRows)
      return FeedPage(
        epoch: epoch, events: rows.map(FeedEvent.init), sequence: UInt64(rows.last?.seq ?? after),
        hasMore: rows.count == rules.pageRows, reset: nil)
    } catch {
      note("change feed: cannot be read: \(error)")
      return at(newest, epoch, reset: cursor == nil ? nil : .truncated)
    }
  }

  private func at(_ sequence: Int64, _ epoch: Epoch, reset: ResetReason?) -> FeedPage {
    FeedPage(epoch: epoch, events: [], sequence: UInt64(max(0, sequence)), hasMore: false, reset: reset)
  }
}

extension FeedEvent {
  /// A row as the feed shows it.
  init(_ change: Change) {
    self.init(
      sequence: UInt64(max(0, change.seq)), timestamp: Timestamp.text(change.timestampMS),
      topic: change.topic,
      type: change.type, sessionID: change.sessionID, payload: Array(change.payload.utf8))
  }
}
