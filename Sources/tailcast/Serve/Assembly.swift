import Client
import Control
import Glibc
import Reactor
import Store
import StreamServer
import Synchronization
import Tail
import Wire

/// Everything that runs in one server, put together: the loops, the threads, the store, the tail, the streams.
struct Assembly: Sendable {
  let loops: LoopGroup
  let storage: ThreadExecutor
  let archiving: ThreadExecutor
  let store: Store
  let engine: TailEngine
  let server: StreamServer
  let control: ControlPlane
  let terminals: TmuxConnection
  /// The key of the TCP listener and its file.
  let keyFile: String

  /// Puts it together and starts the threads. Nothing listens and nothing is tailed yet.
  ///
  /// - Parameter database: the file, or `:memory:`.
  /// - Parameter steers: false for a command that only reads: terminals are left alone.
  static func make(
    _ configuration: Configuration, database: String, journal: Journal, steers: Bool = true,
    shutdown: @escaping @Sendable () -> Void
  ) async throws -> Assembly {
    let count = configuration.loops > 0 ? configuration.loops : Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let note: @Sendable (String) -> Void = { journal.note($0) }
    let loops = try LoopGroup(count: max(1, count), log: note)
    let storage = try ThreadExecutor(name: "storage")
    let archiving = try ThreadExecutor(name: "archive")
    loops.start()
    var storeLimits = StoreLimits()
    storeLimits.changeLogRows = configuration.feed.keep
    let store = try Store(
      path: database, executor: storage, limits: storeLimits, migrations: ControlSchema.migrations)
    let keyFile = configuration.state + "/key"
    let key = try AccessKeyFile.key(at: keyFile)
    let keys = await AccessKeyFile.keys(file: key, store: store)

    let archive = Archive(
      executor: archiving, store: store, tail: TailLimits(configuration), limits: StreamLimits(configuration))
    let wiring = Wiring()
    let engine = TailEngine(
      loop: loops.home, archive: archiving, store: store,
      roots: configuration.roots.map { Root(agent: $0.agent, directory: $0.directory) },
      limits: TailLimits(configuration), log: note, news: { wiring.take($0) })
    let terminals = TmuxConnection(loop: loops.home, rules: TerminalRules(configuration), note: note)
    var rules = ControlRules(configuration)
    rules.lifecycle.isSteering = steers
    let control = ControlPlane(
      loop: loops.home, sessions: engine, history: archive, store: store,
      steering: Steering(terminals: terminals, transcripts: engine, files: archiving), rules: rules,
      keys: keys, cookies: await AccessKeyFile.cookies(key: key, store: store),
      log: ControlLog(note: note, access: { journal.access($0) }),
      publish: { wiring.publish($0, epoch: Epoch(store.feedEpoch)) }, revoked: { wiring.revoke($0) },
      shutdown: shutdown)
    let server = StreamServer(
      loops: loops, engine: engine, archive: archive, limits: StreamLimits(configuration),
      http: HTTPLimits(configuration), webSocket: WebSocketLimits(configuration),
      mux: MuxLimits(configuration),
      server: "tailcast/\(Version.current)", log: note,
      damaged: { session, epoch, damage in
        control.assumeIsolated { $0.damaged(session, epoch, damage) }
      },
      handle: { await control.handle($0) }, bodyLimit: { control.bodyLimit($0) },
      command: { await control.command($0) }, terminal: { await control.terminal($0) },
      feed: { await control.changes(after: $0) })
    wiring.connect(server, control)
    await control.attach(loops: loops.loops, statistics: server)
    await server.start()
    return Assembly(
      loops: loops, storage: storage, archiving: archiving, store: store, engine: engine, server: server,
      control: control, terminals: terminals, keyFile: keyFile)
  }

  /// Stops the threads, last what others wait for.
  func stop() {
    loops.stop()
    archiving.stop()
    storage.stop()
  }
}

/// Carries news from the tail to those who were made after it. Set once, before the tail is started.
private final class Wiring: Sendable {
  private let ends = Mutex<(server: StreamServer, control: ControlPlane)?>(nil)

  func connect(_ server: StreamServer, _ control: ControlPlane) { ends.withLock { $0 = (server, control) } }

  /// On the home loop, where the tail lives.
  func take(_ news: TailNews) {
    guard let (server, control) = ends.withLock({ $0 }) else { return }
    server.take(news)
    control.assumeIsolated { $0.news(news) }
  }

  func revoke(_ revocation: Revocation) { ends.withLock({ $0 })?.server.revoke(revocation) }

  func publish(_ events: [FeedEvent], epoch: Epoch) {
    ends.withLock({ $0 })?.server.take(events, epoch: epoch)
  }
}
