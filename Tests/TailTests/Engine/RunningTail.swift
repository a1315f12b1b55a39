import Glibc
import Reactor
import Store
import Testing
import Wire

@testable import Tail

/// One engine with its loop, its threads and a store on a file: what a server has of it.
final class RunningTail: Sendable {
  let loop: EventLoop
  let archive: ThreadExecutor
  let storage: ThreadExecutor
  let store: Store
  let engine: TailEngine
  /// What the engine told.
  let told: Told

  /// Starts over the roots; nothing is polled or listed again unless `limits` says so.
  init(_ roots: [Root], database: String, limits: TailLimits = .quiet) async throws {
    loop = try EventLoop(name: "home", longTurn: .seconds(3_600)) { _ in }
    archive = try ThreadExecutor(name: "archive")
    storage = try ThreadExecutor(name: "storage")
    store = try Store(path: database, executor: storage)
    let told = Told(loop)
    self.told = told
    engine = TailEngine(
      loop: loop, archive: archive, store: store, roots: roots, limits: limits, log: { _ in },
      news: { told.take($0) })
    loop.start()
  }

  /// Ends it as a server does.
  func stop() async {
    await engine.stop()
    loop.stop()
    loop.join()
    for thread in [archive, storage] {
      thread.stop()
      thread.join()
    }
  }

  /// Comes back once `condition` holds; the deadline is only there to fail.
  func eventually(
    _ what: Comment, deadline: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: @Sendable () async throws -> Bool
  ) async rethrows {
    let end = Instant.current() + deadline
    while true {
      if try await condition() { return }
      guard Instant.current() < end else { break }
      await withCheckedContinuation { continuation in
        loop.post { [loop] in
          loop.schedule(after: .milliseconds(10), sink: Tick { continuation.resume() }, tag: 0)
        }
      }
    }
    Issue.record(what, sourceLocation: sourceLocation)
  }

  /// Waits for lines of a session's newest content.
  func expect(
    _ session: String, _ texts: [String], from head: UInt64 = 0,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async {
    await eventually("never had \(texts)", sourceLocation: sourceLocation) {
      await self.told.stretches(session).last?.texts == texts
    }
    let delivered = await told.stretches(session).last
    #expect(delivered?.texts == texts, sourceLocation: sourceLocation)
  }

  private final class Tick: TimerSink {
    private let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    func timerFired(_ tag: UInt64) { body() }
  }
}

/// Runs a test with an engine over one folder of plain transcripts and ends it after.
func withTail(
  _ folder: TemporaryFolder, agent: AgentKind = .jsonl, limits: TailLimits = .quiet,
  prepare: (RunningTail) -> Void = { _ in }, _ body: (RunningTail) async throws -> Void
) async throws {
  folder.makeFolder("root")
  let tail = try await RunningTail(
    [Root(agent: agent, directory: folder.file("root"))], database: folder.file("test.db"), limits: limits)
  prepare(tail)
  await tail.engine.start()
  do {
    try await body(tail)
  } catch {
    await tail.stop()
    throw error
  }
  await tail.stop()
}

extension TailLimits {
  /// No polling and no listing again: what is found is found by events alone.
  static var quiet: TailLimits {
    var limits = TailLimits()
    limits.pollInterval = .seconds(3_600)
    limits.reconcileInterval = .seconds(3_600)
    limits.surveyDelay = .milliseconds(10)
    // A slow machine would let what a test wrote grow old.
    limits.activeWindow = .seconds(3_600)
    return limits
  }

  /// Polls only, without waiting long.
  static var polling: TailLimits {
    var limits = TailLimits.quiet
    limits.pollOnly = true
    limits.pollInterval = .milliseconds(20)
    return limits
  }
}

/// The news of one engine, kept on its loop.
final class Told: Sendable {
  private let loop: EventLoop
  /// Safe: touched on the loop's thread alone, by `take` and by the body of `read`.
  nonisolated(unsafe) private var news: [TailNews] = []

  init(_ loop: EventLoop) { self.loop = loop }

  func take(_ item: TailNews) {
    precondition(loop.inLoop)
    news.append(item)
  }

  func read<Value: Sendable>(_ body: @escaping @Sendable ([TailNews]) -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      loop.post { continuation.resume(returning: body(self.news)) }
    }
  }

  /// The kinds of news about a session, in order, batches left out.
  func kinds(_ session: String) async -> [String] {
    await read { news in
      news.compactMap { item in
        switch item {
        case .created(let entry) where entry.id == session: "created"
        case .closed(let entry) where entry.id == session: "closed"
        case .status(let entry) where entry.id == session: "\(entry.status)"
        case .replaced(let entry, let reason) where entry.id == session: "replaced \(reason)"
        default: nil
        }
      }
    }
  }

  /// What was delivered of a session: one stretch for each content. Fails the test at a gap or a repeat.
  func stretches(_ session: String) async -> [Reading.Stretch] {
    let batches = await read { news in
      news.compactMap { item -> TailBatch? in
        if case .batch(let batch) = item, batch.session == session { batch } else { nil }
      }
    }
    var stretches: [Reading.Stretch] = []
    for batch in batches {
      let lines = batch.items.map(SeenLine.init)
      if stretches.last?.epoch != batch.epoch || batch.restart != nil {
        #expect(
          stretches.isEmpty || batch.restart != nil || batch.begins != nil, "another epoch without a restart")
        #expect(stretches.allSatisfy { $0.epoch != batch.epoch }, "an epoch used twice")
        #expect(batch.begins == nil || batch.begins?.epoch == batch.epoch)
        let base = batch.restart == nil && batch.begins == nil ? lines.first?.start ?? batch.head : 0
        stretches.append(Reading.Stretch(epoch: batch.epoch, restart: batch.restart, base: base))
      }
      for line in lines {
        let last = stretches[stretches.count - 1]
        #expect(line.start == last.lines.last?.end ?? last.base, "a gap or a repeat")
        stretches[stretches.count - 1].lines.append(line)
      }
      #expect(batch.head == lines.last?.end ?? batch.head)
    }
    return stretches
  }
}
