import Glibc
import Reactor
import Store
import Tail
import TestSupport
import Wire

@testable import StreamServer

/// A whole streaming server over the session `s`, without routes: the query says what is streamed.
final class StreamBench: Sendable {
  let loop: EventLoop
  let server: StreamServer
  private let loops: LoopGroup
  private let threads: [ThreadExecutor]
  private let engine: TailEngine
  private let folder: StreamFolder
  private let port = Locked(0)

  /// A server that is started over a transcript of these lines, and ended after the body.
  ///
  /// - Parameter folder: what another server leaves to it; without one its store is in memory.
  static func with(
    _ lines: [String], limits: StreamLimits = StreamLimits(), loops: Int = 1, in folder: StreamFolder? = nil,
    _ body: (StreamBench) async throws -> Void
  ) async throws {
    let bench = try StreamBench(limits, loops, folder)
    if !lines.isEmpty { bench.append(lines) }
    await bench.engine.start()
    await bench.server.start()
    let port = try await bench.server.listen(host: "127.0.0.1", port: 0)
    bench.port.withLock { $0 = port }
    let result: Result<Void, any Error>
    do { result = .success(try await body(bench)) } catch { result = .failure(error) }
    await bench.stop()
    try result.get()
  }

  private init(_ limits: StreamLimits, _ count: Int, _ kept: StreamFolder?) throws {
    folder = kept ?? StreamFolder()
    loops = try LoopGroup(count: count, longTurn: .seconds(3_600)) { _ in }
    loop = loops.home
    threads = [try ThreadExecutor(name: "archive"), try ThreadExecutor(name: "storage")]
    let store = try Store(path: kept?.database ?? ":memory:", executor: threads[1])
    var tail = TailLimits()
    tail.pollInterval = .seconds(3_600)
    tail.reconcileInterval = .seconds(3_600)
    let ears = Ears()
    engine = TailEngine(
      loop: loop, archive: threads[0], store: store,
      roots: [Root(agent: .jsonl, directory: folder.transcripts)],
      limits: tail, log: { _ in }, news: { ears.take($0) })
    server = StreamServer(
      loops: loops, engine: engine,
      archive: Archive(executor: threads[0], store: store, tail: tail, limits: limits), limits: limits,
      http: HTTPLimits(), webSocket: WebSocketLimits(), mux: MuxLimits(), server: "test", log: { _ in },
      damaged: { _, _, _ in },
      handle: { .stream(StreamBench.plan($0.head.query)) },
      command: { _ in .failure(Problem(.notImplemented, "no commands")) },
      terminal: { _ in .failure(Problem(.notImplemented, "no terminals")) },
      feed: { _ in FeedPage(epoch: Epoch(1), events: [], sequence: 0, hasMore: false, reset: nil) })
    ears.connect(server)
    loops.start()
  }

  /// `view`, `after` and `tail` as the routes know them.
  private static func plan(_ query: Query) -> StreamPlan {
    var start = StartPoint.beginning
    if let cursor = query.first("after").flatMap({ Cursor($0) }) { start = .cursor(cursor) }
    if let count = query.first("tail").flatMap({ Int($0) }) { start = .tail(count) }
    return StreamPlan(
      .transcript(session: "s", start: start),
      view: query.first("view").flatMap { ViewKind(rawValue: $0) } ?? .events)
  }

  private func stop() async {
    await server.drain(within: .zero)
    await engine.stop()
    loops.stop()
    loops.join()
    for thread in threads {
      thread.stop()
      thread.join()
    }
  }

  /// Appends lines in one write.
  func append(_ lines: [String], to name: String = "s") {
    folder.write(lines.map { $0 + "\n" }.joined(), to: name)
  }

  /// Puts other content in the place of the transcript.
  func replace(_ lines: [String]) {
    folder.write(lines.map { $0 + "\n" }.joined(), to: "s", flags: O_TRUNC)
  }

  /// Says that the session goes on in the file of another name.
  func bind(_ name: String) async throws { try await engine.bind("s", nativeID: name, path: nil) }

  /// A client that has asked for a stream.
  func client(_ query: String, receiveBuffer: Int32? = nil) async throws -> StreamClient {
    let client = try StreamClient()
    try await client.connect(port: port.value, query: query, receiveBuffer: receiveBuffer)
    return client
  }

  /// Runs a step on the loop and returns its result.
  func onLoop<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      loop.post { continuation.resume(returning: body()) }
    }
  }

  /// What the only loop has done, once that fulfils a condition; the deadline is only there to fail.
  func statistics(once condition: (ShardStatistics) -> Bool) async -> ShardStatistics? {
    let end = Instant.current() + .seconds(60)
    while Instant.current() < end {
      let now = await server.statistics()[0]
      if condition(now) { return now }
      await nextTick()
    }
    return nil
  }

  /// Comes back on a later turn of the loop.
  func nextTick() async {
    await withCheckedContinuation { continuation in
      loop.post { [loop] in
        loop.schedule(after: .milliseconds(1), sink: Tick { continuation.resume() }, tag: 0)
      }
    }
  }

  private final class Tick: TimerSink {
    private let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    func timerFired(_ tag: UInt64) { body() }
  }

  /// Carries news to the server, which is made after the tail.
  private final class Ears: Sendable {
    private let server = Locked<StreamServer?>(nil)
    func connect(_ server: StreamServer) { self.server.withLock { $0 = server } }
    func take(_ news: TailNews) { server.value?.take(news) }
  }
}
