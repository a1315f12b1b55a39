import Glibc
import Reactor
import Wire

extension TailcastCommand {
  /// A log larger than this is put aside at the next start, over the one before.
  private static let logLimit: off_t = 16 << 20
  private static let step = 20

  static func logFile(_ configuration: Configuration) -> String { configuration.state + "/server.log" }

  /// `tailcast start`: leaves a supervised server behind, and returns when it is ready.
  func start(_ words: [String], _ invocation: Invocation, _ access: ServerAccess) throws(CommandFailure) {
    let state = access.configuration.state
    if let run = RunFile.ofLiveServer(state: state) {
      return show(run, access, remark: "a server runs already")
    }
    let log = try openLog(access.configuration)
    defer { close(log) }
    var spawn = Spawn(invocation.surroundings.program, [Supervisor.word] + words)
    spawn.output = .descriptor(log)
    spawn.error = .descriptor(log)
    spawn.newSession = true
    let pid: Int32
    do throws(SystemError) { pid = try spawn.start() } catch {
      throw CommandFailure(.failed, "the server cannot be started: \(error)")
    }
    interruption.watch()
    show(try ready(state, access, not: nil, isAlive: { waitpid(pid, nil, WNOHANG) == 0 }), access)
  }

  /// `tailcast restart`.
  func restart(_ words: [String], _ invocation: Invocation, _ access: ServerAccess) throws(CommandFailure) {
    let state = access.configuration.state
    guard let run = RunFile.ofLiveServer(state: state) else { return try start(words, invocation, access) }
    guard let supervisor = Supervisor.of(server: run.pid) else {
      throw CommandFailure(
        .failed,
        "the server, process \(run.pid), was not started by `tailcast start`; whoever started it restarts it")
    }
    guard kill(supervisor, SIGHUP) == 0 else {
      throw CommandFailure(.failed, "process \(supervisor): \(FileFault(code: errno))")
    }
    interruption.watch()
    show(
      try ready(state, access, not: run.pid, isAlive: { LiveProcess.exists(supervisor) }), access)
  }

  /// Waits for a server that is ready.
  private func ready(
    _ state: String, _ access: ServerAccess, not old: Int32?, isAlive: () -> Bool
  ) throws(CommandFailure) -> RunFile {
    while true {
      // Asked before the run file: a server that was ready and ended would otherwise be waited for.
      let isAlive = isAlive()
      if let run = RunFile.ofLiveServer(state: state), run.pid != old, try isReady(access) { return run }
      guard isAlive else { throw CommandFailure(.failed, lastWords(access.configuration)) }
      if !interruption.pause(milliseconds: Self.step) { throw CommandFailure(.interrupted) }
    }
  }

  private func isReady(_ access: ServerAccess) throws(CommandFailure) -> Bool {
    guard let connection = try access.connection() else { return false }
    do throws(RequestFailure) {
      return try connection.request("/readyz", timeout: .seconds(5)).status == 200
    } catch {
      if error == .interrupted { throw CommandFailure(error) }
      return false
    }
  }

  private func lastWords(_ configuration: Configuration) -> String {
    let path = Self.logFile(configuration)
    let line = LogTail.last(1, of: path).first.map { VisibleText.line($0) } ?? ""
    let said = line.hasPrefix("tailcast: ") ? String(line.dropFirst(10)) : line
    return "the server did not start: \(said)\n`tailcast logs` shows more"
  }

  private func openLog(_ configuration: Configuration) throws(CommandFailure) -> Int32 {
    let path = Self.logFile(configuration)
    AtomicFile.makeFolders(of: path, mode: 0o700)
    var facts = stat()
    if stat(path, &facts) == 0, facts.st_size > Self.logLimit { rename(path, path + ".1") }
    let log = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard log >= 0 else { throw CommandFailure(.failed, "\(path): \(FileFault(code: errno)) (state)") }
    return log
  }

  private func show(_ run: RunFile, _ access: ServerAccess, remark: String? = nil) {
    if access.json {
      var writer = JSONWriter()
      writer.object { json in
        json.field("pid", Int(run.pid))
        json.fieldOrNull("url", run.url)
        json.fieldOrNull("socket", run.socket)
        json.field("started", remark == nil)
      }
      return output.line(json: writer.take())
    }
    if let remark { output.note("\(remark), process \(run.pid)") }
    output.line(VisibleText.line(run.url ?? run.socket ?? "process \(run.pid)"))
  }
}
