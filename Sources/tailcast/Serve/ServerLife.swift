import Client
import Control
import Glibc
import Reactor
import Store
import StreamServer
import Synchronization
import Wire

/// The states of one server's life: assembled, listening, ready, draining, gone. Its steps run on the home loop.
final class ServerLife: Sendable {
  private struct State {
    var assembly: Assembly?
    var isEnding = false
    var code: Int32 = 0
  }

  private let configuration: Configuration
  private let journal: Journal
  private let notice: ServiceNotice?
  private let state = Mutex(State())
  private let done = Signal()
  // Held for life: the lock is let go with the process.
  private let path: String
  // Not Sendable; its calls are single system calls, and only one step of the life makes one at a time.
  nonisolated(unsafe) private let directory: StateDirectory

  init(directory: StateDirectory, configuration: Configuration, journal: Journal, notice: ServiceNotice?) {
    self.directory = directory
    self.configuration = configuration
    self.journal = journal
    self.notice = notice
    path = directory.path
  }

  /// Waits for the end; the exit code.
  func run() -> Int32 {
    Task { await self.begin() }
    done.wait()
    return state.withLock { $0.code }
  }

  private func begin() async {
    do {
      let assembly = try await Assembly.make(
        configuration, database: path + "/tailcast.db", journal: journal,
        shutdown: { self.end(because: "shutdown") })
      state.withLock { $0.assembly = assembly }
      try await start(assembly)
    } catch {
      complain("\(error)")
      finish(1)
    }
  }

  private func start(_ assembly: Assembly) async throws {
    try await assembly.watchSignals { self.end(because: $0 == SIGINT ? "SIGINT" : "SIGTERM") }
    var port: Int?
    try await assembly.server.listen(unix: configuration.listen.socket)
    if configuration.listen.tcp {
      port = try await assembly.server.listen(
        host: configuration.listen.host, port: configuration.listen.port)
    }
    await assembly.engine.start()
    await assembly.control.start()
    let url = port.map { "http://\(Self.host(configuration.listen.host)):\($0)" }
    try directory.write(runFile: runFile(port: port, url: url, assembly))
    notice?.send("READY=1\nMAINPID=\(getpid())\nSTATUS=\(url ?? configuration.listen.socket)")
    if let notice, let pulse = notice.pulse {
      WatchdogPulse(loop: assembly.loops.home, notice: notice, every: pulse).start()
    }
    journal.note("ready: \(await assembly.engine.entries().count) sessions")
    var line = "tailcast is ready on \(configuration.listen.socket)"
    if let url {
      let ticket = configuration.auth == .none ? "" : "?ticket=\(await assembly.control.browserTicket())"
      line = "\(url)/\(ticket)"
    }
    let text = Array((line + "\n").utf8)
    _ = write(1, text, text.count)
  }

  private func runFile(port: Int?, url: String?, _ assembly: Assembly) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { json in
      json.field("pid", Int(getpid()))
      json.fieldOrNull("port", port)
      json.field("socket", configuration.listen.socket)
      json.fieldOrNull("url", url)
      json.field("key_file", assembly.keyFile)
      json.field("started_at", Timestamp(milliseconds: WallClock.milliseconds()).iso8601)
      json.field("version", Version.current)
    }
    return writer.take() + [0x0A]
  }

  /// The first call drains, the second ends at once.
  private func end(because why: String) {
    let (isSecond, assembly) = state.withLock { state in
      defer { state.isEnding = true }
      return (state.isEnding, state.assembly)
    }
    guard !isSecond, let assembly else {
      directory.removeRunFile()
      _exit(1)
    }
    journal.note("stopping: \(why)")
    notice?.send("STOPPING=1")
    Task {
      await assembly.control.enter(.draining)
      await assembly.server.drain(within: self.configuration.shutdown.grace)
      await assembly.engine.stop()
      await assembly.terminals.stop()
      await assembly.control.stop()
      await assembly.store.close()
      self.finish(0)
    }
  }

  private func finish(_ code: Int32) {
    state.withLock { $0.code = code }
    directory.removeRunFile()
    unlink(configuration.listen.socket)
    done.signal()
  }

  private static func host(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }
}

extension Assembly {
  /// Has signals told on the home loop.
  func watchSignals(_ body: @escaping @Sendable (Int32) -> Void) async throws {
    let loop = loops.home
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      loop.post {
        continuation.resume(with: Result { try loop.watchSignals([SIGTERM, SIGINT], body: body) })
      }
    }
  }
}
