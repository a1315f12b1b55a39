import Reactor
import Store
import StreamServer
import Tail
import Wire

/// Reads every transcript once, page by page in the background, for search, counts and the time index. Lives on the
/// home loop; pages are read on the archive thread, behind what clients wait for.
///
/// Each page is stored together with the position after it, so that a restart goes on where the last page ended.
actor SearchIndexer: TimerSink {
  nonisolated let loop: EventLoop
  let sessions: any SessionSource
  let history: any HistorySource
  let store: Store
  let rules: SearchRules
  private let note: @Sendable (String) -> Void
  let damaged: @Sendable (String, Epoch, Damage) -> Void
  private var queue = IndexQueue()
  private var grown: Set<String> = []
  var progress: [String: FileProgress] = [:]
  /// Sessions that the very first run has found and is still reading: their damage is no news.
  var found: Set<String> = []
  private var failure: String?
  private var isRunning = false
  private var isStopped = false
  private var runRest = Duration.zero
  private var load: LoopLoad
  /// How long to rest after the page at hand.
  var pageRest: Duration
  /// The sessions whose pages are at hand.
  private var atHand: Set<String> = []
  private var isGrownArmed = false
  private var pause: CheckedContinuation<Void, Never>?

  /// How far one session is indexed: the files before the one of the epoch to their ends, and counted.
  struct FileProgress: Sendable {
    var epoch: UInt32
    var through: UInt64
    var isDone: Bool
    var counts: SessionCounts
    /// The newest timestamp up to there, once a page of this run has said it.
    var newestMS: Int64?
  }

  private enum Timer: UInt64 { case grown = 1, rest }

  /// How long a session that grows rests before its new part is indexed.
  private static let settle = Duration.milliseconds(500)
  /// After a run the indexer lets sessions grow for no longer than this.
  private static let longestRest = Duration.seconds(15)
  /// A loop that is at work for more than this share of the time has much to do for those who watch: the indexer rests
  /// as long after each step, not only after a run.
  private static let busyLoop = 0.4
  /// Sessions that grow a little each are stored together: a transaction each would cost ten times what it stores.
  private static let pagesAtOnce = 64
  /// How long the indexer waits after a page that could not be stored.
  private static let retry = Duration.seconds(5)

  init(
    loop: EventLoop, sessions: any SessionSource, history: any HistorySource, store: Store,
    rules: SearchRules,
    note: @escaping @Sendable (String) -> Void,
    damaged: @escaping @Sendable (String, Epoch, Damage) -> Void = { _, _, _ in }
  ) {
    self.loop = loop
    self.sessions = sessions
    self.history = history
    self.store = store
    self.rules = rules
    pageRest = rules.rest
    load = LoopLoad(of: loop)
    self.note = note
    self.damaged = damaged
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  /// Learns what earlier runs have indexed and begins with the rest.
  func start(_ entries: [SessionEntry]) async {
    guard rules.enabled else { return }
    do {
      let counted = Dictionary(
        try await store.indexCounts().map { ($0.sessionID, $0) }, uniquingKeysWith: { first, _ in first })
      if counted.isEmpty { found = Set(entries.map(\.id)) }
      for position in try await store.indexPositions() {
        guard let known = counted[position.sessionID], known.epoch == position.epoch,
          known.through == position.through
        else { continue }
        progress[position.sessionID] = FileProgress(
          epoch: position.epoch, through: position.through, isDone: position.isDone, counts: known.counts)
      }
    } catch {
      fail("\(error)")
    }
    for (number, entry) in entries.sorted(by: { $0.updatedMS < $1.updatedMS }).enumerated() {
      // Ten thousand sessions in one turn would keep every watcher waiting.
      if number % 256 == 255 { await Task.yield() }
      if needsIndexing(entry) { queue.push(entry.id) }
    }
    run()
    for entry in entries where !needsIndexing(entry) {
      if let known = progress[entry.id], known.isDone, known.counts != entry.counts {
        await sessions.setCounts(entry.id, known.counts)
      }
    }
  }

  /// Ends after the page at hand.
  func stop() {
    isStopped = true
    pause?.resume()
    pause = nil
  }

  /// A session is new or has grown.
  func changed(_ entry: SessionEntry) {
    guard rules.enabled, !isStopped else { return }
    guard needsIndexing(entry) else { return }
    grown.insert(entry.id)
    guard !isGrownArmed else { return }
    isGrownArmed = true
    // With a thousand writers the index comes a little later instead of taking the time of those who watch.
    _ = loop.schedule(after: max(Self.settle, runRest), sink: self, tag: Timer.grown.rawValue)
  }

  /// A session is no more; what was indexed of it goes.
  func forget(_ id: String) {
    progress[id] = nil
    grown.remove(id)
    found.remove(id)
    Task(executorPreference: loop, priority: .utility) { [store] in
      // What is left over is of a session that no search result is shown of.
      try? await store.dropIndexed(session: id)
    }
  }

  private func needsIndexing(_ entry: SessionEntry) -> Bool {
    guard entry.status != .closed, entry.status != .unreadable, entry.facts.size > 0 else { return false }
    guard let known = progress[entry.id], known.isDone, known.epoch == entry.epoch?.value else { return true }
    return entry.isDocument || entry.facts.size > known.through
  }

  // MARK: The run

  private func run() {
    guard !isRunning, !isStopped, !queue.isEmpty else { return }
    isRunning = true
    let began = Instant.current()
    // The archive's and the storage's threads put the work of this priority behind all other.
    Task(executorPreference: loop, priority: .utility) {
      var stepped = Instant.current()
      while await self.step() {
        await self.rest(self.restAfter(Instant.current() - stepped))
        stepped = .current()
      }
      await self.ended(after: Instant.current() - began)
    }
  }

  private func restAfter(_ time: Duration) -> Duration {
    guard load.share(of: loop) > Self.busyLoop else { return pageRest }
    return max(pageRest, LoopLoad.rest(after: time, atMost: Self.longestRest))
  }

  private func ended(after time: Duration) {
    isRunning = false
    runRest = LoopLoad.rest(after: time, atMost: Self.longestRest)
    run()
  }

  /// Reads the next pages and stores them together; false when nothing waits.
  private func step() async -> Bool {
    guard !isStopped, !queue.isEmpty else { return false }
    defer { atHand = [] }
    pageRest = rules.rest
    do {
      // After a failure one at a time: as long as nothing can be stored, no more is read than shows it.
      let pages = try await readPages(atMost: failure == nil ? Self.pagesAtOnce : 1)
      if !pages.isEmpty { for id in try await save(pages) { queue.push(id) } }
      failure = nil
    } catch {
      fail(error.message)
      grown.formUnion(atHand)
      await rest(Self.retry)
      wakeGrown()
    }
    return !isStopped && !queue.isEmpty
  }

  /// Reads pages of several sessions until they are as much as one large page.
  private func readPages(atMost count: Int) async throws(StoreError) -> [PendingPage] {
    var pages: [PendingPage] = []
    var bytes = 0
    while !isStopped, atHand.count < count, bytes < rules.pageBytes, let id = queue.pop() {
      guard atHand.insert(id).inserted else {
        // It has grown meanwhile, and where it stands is known once its page at hand is stored.
        queue.push(id)
        break
      }
      guard let page = try await readPage(id) else { continue }
      pages.append(page)
      bytes += page.bytes
    }
    return pages
  }

  private func fail(_ reason: String) {
    if failure == nil { note("search: the index cannot be kept up: \(reason)") }
    failure = reason
  }

  private func rest(_ duration: Duration) async {
    guard !isStopped else { return }
    await withCheckedContinuation { continuation in
      pause = continuation
      _ = loop.schedule(after: duration, sink: self, tag: Timer.rest.rawValue)
    }
  }

  nonisolated func timerFired(_ tag: UInt64) {
    assumeIsolated { $0.due(Timer(rawValue: tag)) }
  }

  private func due(_ timer: Timer?) {
    switch timer {
    case .grown: wakeGrown()
    case .rest:
      pause?.resume()
      pause = nil
    case nil: break
    }
  }

  private func wakeGrown() {
    isGrownArmed = false
    for id in grown { queue.push(id) }
    grown = []
    run()
  }

  // MARK: Tokens

  /// What is counted of a session so far, and whether that is all of its transcript.
  func counted(_ id: String) -> (usage: [ModelUsage], isComplete: Bool) {
    (progress[id]?.counts.usage ?? [], isDone(id))
  }

  /// Judged by what waits, not by bytes: an unfinished last line is never indexed.
  private func isDone(_ id: String) -> Bool {
    progress[id]?.isDone == true && !grown.contains(id) && !queue.contains(id) && !atHand.contains(id)
  }

  // MARK: Health

  /// How far the index is, for `/health`.
  struct Progress: Sendable {
    var state: String
    var files: Int
    var filesDone: Int
    var bytes: UInt64
    var bytesDone: UInt64
    var reason: String?
  }

  /// How far the index is.
  func health() async -> Progress {
    let entries = rules.enabled ? await sessions.entries() : []
    let isBusy = isRunning || !grown.isEmpty
    var result = Progress(
      state: !rules.enabled ? "off" : failure != nil ? "failing" : isBusy ? "indexing" : "idle",
      files: 0, filesDone: 0, bytes: 0, bytesDone: 0, reason: failure)
    for entry in entries {
      let chain = IndexedChain(entry)
      result.files += chain.files.count
      result.bytes += chain.bytes
      guard let known = progress[entry.id] else { continue }
      let done = chain.done(known, isEnd: isDone(entry.id))
      result.filesDone += done.files
      result.bytesDone += done.bytes
    }
    return result
  }
}
