import CLinux
import Glibc
import Reactor
import Store
import Wire

/// Owns the catalog of transcripts, the watches and the followers. Lives on the home loop.
///
/// Every transcript under the roots is in the catalog; only those that somebody watches are read as they grow. What
/// blocks (listing, opening, heads and tails) is done by the `Surveyor` on the archive thread.
public actor TailEngine: ReadinessSink, TimerSink {
  nonisolated let loop: EventLoop
  let surveyor: Surveyor
  let store: Store
  let roots: [Root]
  let limits: TailLimits
  let watchLimits: WatchLimits?
  let log: @Sendable (String) -> Void
  let news: @Sendable (TailNews) -> Void
  let clockMS: @Sendable () -> Int64

  var catalog = SessionCatalog()
  var watcher: Watcher
  var registration: Registration?
  var pace: GatherPace
  var polled: [String: PollReason] = [:]
  var absentRoots: Set<String> = []
  /// Followed transcripts that may change under a name that no watch covers: looked at with each poll.
  var unwatchedLinks: Set<String> = []
  /// What the store knew of sessions at the start, until their files are found again.
  var restored: [String: SessionEntry] = [:]
  var followed: [String: FollowedSession] = [:]
  var surveying = SurveyQueue()
  var unsavedIdentities: [String: FileIdentityRow] = [:]
  /// Those that have read something since their row was made.
  var grownFollowers: [Follower] = []
  /// When the rows of files were last stored.
  var identitiesSaved = Instant(nanoseconds: 0)
  var unsavedSessions: Set<String> = []
  var unsavedChains: Set<String> = []
  /// Sessions and chains that are no more and whose rows are still to be deleted.
  var forgottenSessions: Set<String> = []
  var forgottenChains: Set<String> = []
  var overflows = 0
  var reconciles = 0
  var activeSessions: Set<String> = []
  var isSurveyScheduled = false
  /// How long surveys rest after the last round.
  var surveyRest = Duration.zero
  var isReady = false
  /// Sessions that the first listing has found and no earlier run has known.
  var arrivals: [String] = []
  /// Sessions whose growth is still to be told to all but their watchers, who come first.
  var grown: Set<String> = []
  /// Those whose file has grown since the catalog was told.
  var grownFollowed: [FollowedSession] = []
  var isGrowthScheduled = false
  /// When growth was last told of.
  var growthTold = Instant(nanoseconds: 0)
  var waitingForListing: [CheckedContinuation<Void, Never>] = []
  var isStopped = false

  enum Timer: UInt64 { case poll = 1, reconcile, save, survey, status, growth }

  /// An engine that is not started yet. `news` is called on the home loop.
  public init(
    loop: EventLoop, archive: ThreadExecutor, store: Store, roots: [Root], limits: TailLimits,
    clockMS: @escaping @Sendable () -> Int64 = WallClock.milliseconds,
    log: @escaping @Sendable (String) -> Void, news: @escaping @Sendable (TailNews) -> Void
  ) {
    self.loop = loop
    self.store = store
    self.roots = roots
    self.limits = limits
    self.log = log
    self.news = news
    self.clockMS = clockMS
    surveyor = Surveyor(executor: archive, limits: limits)
    pace = GatherPace(span: limits.gather)
    watchLimits = WatchLimits.current()
    watcher = Watcher(pollOnly: limits.pollOnly, maximum: limits.maxWatches)
  }

  /// The home loop.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  /// Watches and lists all roots; returns when every transcript is in the catalog. Contents are read later.
  public func start() async {
    if watcher.descriptor >= 0 {
      do {
        registration = try loop.register(watcher.descriptor, .readable, sink: self, tag: 0)
      } catch {
        log("tail: \(error)")
      }
    } else if let reason = watcher.unavailable {
      log("tail: inotify is not available (\(String(cString: strerror(reason)))), polling instead")
    }
    await restoreSessions()
    await discover(roots.map(\.directory))
    isReady = true
    endListing()
    closeLostSessions()
    await announceArrivals()
    arm(.poll, limits.pollInterval)
    arm(.reconcile, limits.reconcileInterval)
    arm(.save, .milliseconds(200))
    arm(.status, .seconds(1))
    scheduleSurvey()
  }

  /// Stores what is not stored yet and stops looking.
  public func stop() async {
    isStopped = true
    endListing()
    if let registration { loop.deregister(registration) }
    registration = nil
    noteGrowth()
    await saveIdentities()
    await save()
  }

  /// How the tail is doing.
  public func health() -> TailHealth {
    TailHealth(
      mode: polled.isEmpty && watcher.descriptor >= 0 ? .inotify : .poll,
      pollReason: pollReason(), watches: watcher.count, watchLimit: watchLimits?.watches,
      polledDirectories: polled.count, files: catalog.count, followed: followed.count,
      lagBytes: followed.values.reduce(0) { $0 + $1.lagBytes }, overflows: overflows, reconciles: reconciles,
      isReady: isReady)
  }

  private func pollReason() -> String? {
    if limits.pollOnly { return "tail.mode is poll" }
    let reasons = polled.values.lazy.map(\.description)
    return watcher.unavailable.map { PollReason.failed(errno: $0).description } ?? reasons.first
  }

  func arm(_ timer: Timer, _ after: Duration) {
    guard !isStopped else { return }
    _ = loop.schedule(after: after, sink: self, tag: timer.rawValue)
  }

  /// The inotify descriptor has events.
  public nonisolated func ready(_ tag: UInt64, _ readiness: Readiness) {
    assumeIsolated { $0.look() }
  }

  private func look() {
    if let registration, pace.waits(at: loop.now, isBehind: loop.isBehind) {
      loop.rest(registration, for: limits.gather)
    } else {
      drainWatcher()
    }
  }

  /// A timer of the engine is due.
  public nonisolated func timerFired(_ tag: UInt64) {
    assumeIsolated { $0.due(tag) }
  }

  private func due(_ tag: UInt64) {
    guard let timer = Timer(rawValue: tag), !isStopped else { return }
    switch timer {
    case .poll: inBackground(timer, limits.pollInterval) { await $0.poll() }
    case .reconcile: inBackground(timer, limits.reconcileInterval) { await $0.reconcile() }
    case .save: inBackground(timer, .milliseconds(200)) { await $0.save() }
    case .survey: inBackground(nil, .zero) { await $0.runSurveys() }
    case .growth: tellGrowth()
    case .status:
      settleStatuses()
      arm(.status, .seconds(1))
    }
  }

  /// Runs a step that awaits other threads; its timer is set again when it is done, so steps never pile up.
  private func inBackground(
    _ timer: Timer?, _ after: Duration, _ body: @escaping @Sendable (isolated TailEngine) async -> Void
  ) {
    Task {
      let began = Instant.current()
      await body(self)
      if let timer { self.arm(timer, max(after, Self.rest(since: began))) }
    }
  }

  /// How long background work rests that began then: with a thousand writers the listing is a little later instead of
  /// taking the time of those who watch, but no more than five seconds later.
  static func rest(since began: Instant) -> Duration {
    LoopLoad.rest(after: Instant.current() - began, atMost: .seconds(5))
  }
}
