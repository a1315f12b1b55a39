import Reactor
import Store
import StreamServer
import Wire

/// Brings the outbox to the receivers: claims what is due, has it sent, writes down what came of it. Lives on the
/// home loop.
///
/// The database is its memory: what was claimed by a process that is gone is claimed anew. Contracts go side by side,
/// the deliveries of one contract one after the other.
actor Webhooks: TimerSink {
  nonisolated let loop: EventLoop
  private let feed: ChangeFeed
  private let transport: any HookTransport
  private let rules: HookRules
  private let epoch: Epoch
  private let clockMS: @Sendable () -> Int64
  private let note: @Sendable (String) -> Void
  private let retry: HookRetry
  private var plan: DeliveryPlan
  private var isStopped = true
  private var isLooking = false
  private var mustLookAgain = false
  private var timer: TimerToken?
  private var failure: String?
  private(set) var counts = Counts()

  /// What has come of attempts since the start, for `/metrics`.
  struct Counts: Sendable, Hashable {
    var delivered = 0
    var retried = 0
    var failed = 0
    var inFlight = 0
  }

  /// After a transaction that failed, how long until the next try.
  private static let pause: Int64 = 1000
  /// The longest time without a look, should the clock be set back.
  private static let longest: Int64 = 60_000

  init(
    loop: EventLoop, feed: ChangeFeed, transport: any HookTransport, rules: HookRules, epoch: Epoch,
    clockMS: @escaping @Sendable () -> Int64, note: @escaping @Sendable (String) -> Void
  ) {
    self.loop = loop
    self.feed = feed
    self.transport = transport
    self.rules = rules
    self.epoch = epoch
    self.clockMS = clockMS
    self.note = note
    retry = HookRetry(attempts: rules.attempts)
    plan = DeliveryPlan(limit: rules.inFlight)
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  /// Begins to deliver, first what an earlier process left.
  func start() async {
    guard rules.enabled else { return }
    let (epoch, rules) = (epoch, rules)
    do {
      try await feed.commit { (database) throws(StoreError) in
        try Outbox(database: database, epoch: epoch, rules: rules).release()
        return ((), [])
      }
    } catch {
      // Claims end by themselves.
      fail(error)
    }
    isStopped = false
    wake()
  }

  /// Claims no more. Attempts that go on may still be written down; others are claimed anew after the next start.
  func stop() {
    isStopped = true
    if let timer { loop.cancel(timer) }
    timer = nil
  }

  /// There may be something to do: a delivery was added, a contract was made, an attempt has ended.
  func wake() {
    guard !isStopped else { return }
    mustLookAgain = true
    guard !isLooking else { return }
    isLooking = true
    Task(executorPreference: loop) { await self.look() }
  }

  private func look() async {
    while mustLookAgain, !isStopped {
      mustLookAgain = false
      await begin()
    }
    isLooking = false
  }

  /// Claims what is due and starts it.
  private func begin() async {
    let (epoch, rules, plan, now) = (epoch, rules, plan, clockMS())
    let jobs: [HookJob]
    let lookAt: Int64?
    do {
      (jobs, lookAt) = try await feed.commit { (database) throws(StoreError) in
        let outbox = Outbox(database: database, epoch: epoch, rules: rules)
        let ended = try outbox.expire(nowMS: now)
        let (due, later) = plan.next(try outbox.heads(), nowMS: now)
        var jobs: [HookJob] = []
        for head in due {
          if let job = try outbox.claim(head.seq, nowMS: now) { jobs.append(job) }
        }
        let next = [later, try outbox.nextExpiryMS()].compactMap { $0 }.min()
        return ((jobs, next), ended)
      }
      failure = nil
    } catch {
      fail(error)
      return arm(at: now + Self.pause)
    }
    for job in jobs {
      self.plan.inFlight.insert(job.contract)
      counts.inFlight = self.plan.inFlight.count
      Task(executorPreference: loop) { await self.attempt(job) }
    }
    arm(at: lookAt)
  }

  /// One attempt, to what is written down of it.
  private func attempt(_ job: HookJob) async {
    let seconds = clockMS() / 1000
    let outcome = await transport.post(
      HookRequest(
        url: job.url, id: DeliveryID(epoch: epoch, seq: job.seq).description, timestamp: seconds,
        signature: job.secret.map { HookSignature.of(job.body, timestamp: seconds, secret: $0) },
        body: job.body))
    let now = clockMS()
    let verdict = retry.verdict(outcome, attempt: job.attempt, nowMS: now)
    switch verdict {
    case .delivered: counts.delivered += 1
    case .again: counts.retried += 1
    case .dead: counts.failed += 1
    }
    let (epoch, rules) = (epoch, rules)
    do {
      try await feed.commit { (database) throws(StoreError) in
        let outbox = Outbox(database: database, epoch: epoch, rules: rules)
        return ((), try outbox.settle(job, verdict, status: outcome.status, nowMS: now))
      }
    } catch {
      // The delivery stays claimed and is tried again when the claim ends: twice rather than never.
      fail(error)
    }
    plan.inFlight.remove(job.contract)
    counts.inFlight = plan.inFlight.count
    wake()
  }

  private func fail(_ error: StoreError) {
    if failure == nil { note("webhooks: the outbox cannot be kept: \(error)") }
    failure = error.message
  }

  private func arm(at dueMS: Int64?) {
    if let timer { loop.cancel(timer) }
    timer = nil
    guard let dueMS, !isStopped else { return }
    let wait = min(max(1, dueMS - clockMS()), Self.longest)
    timer = loop.schedule(after: .milliseconds(wait), sink: self, tag: 0)
  }

  nonisolated func timerFired(_ tag: UInt64) {
    assumeIsolated { webhooks in
      webhooks.timer = nil
      webhooks.wake()
    }
  }
}
