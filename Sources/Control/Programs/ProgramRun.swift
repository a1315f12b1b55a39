import CLinux
import Glibc
import Reactor

/// One program, from its start to its end, and what it wrote. Lives on the home loop.
///
/// A program that takes too long or writes too much is killed, with the group that it leads.
actor ProgramRun: ReadinessSink, TimerSink {
  enum Ending: Sendable, Hashable {
    case exited(ChildExit)
    case tookTooLong
    case wroteTooMuch
  }

  struct Outcome: Sendable {
    var ending: Ending
    var output: [UInt8]
  }

  nonisolated let loop: EventLoop
  private let most: Int
  private var output: [UInt8] = []
  private var descriptor: Int32 = -1
  private var registration: Registration?
  private var pid: Int32?
  private var exit: ChildExit?
  private var ending: Ending?
  private var continuation: CheckedContinuation<Outcome, Never>?
  private var timer: TimerToken?

  private init(_ loop: EventLoop, most: Int) {
    self.loop = loop
    self.most = most
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  /// Runs a program, with its standard output read and its input and errors led nowhere.
  /// - Parameter most: bytes that it may write.
  static func outcome(
    of spawn: Spawn, on loop: EventLoop, within limit: Duration, most: Int
  ) async throws(SystemError) -> Outcome {
    let run = ProgramRun(loop, most: most)
    try await run.begin(spawn)
    return await run.wait(limit)
  }

  private func begin(_ program: Spawn) throws(SystemError) {
    var ends: [Int32] = [0, 0]
    guard tc_pipe2(&ends, O_CLOEXEC) == 0 else { throw SystemError(call: "pipe2") }
    defer { close(ends[1]) }
    descriptor = ends[0]
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    var spawn = program
    spawn.output = .descriptor(ends[1])
    spawn.error = .null
    spawn.newSession = true
    do throws(SystemError) {
      let pid = try spawn.start()
      self.pid = pid
      try loop.watchChild(pid: pid) { exit in self.assumeIsolated { $0.ended(exit) } }
      registration = try loop.register(descriptor, .readable, sink: self, tag: 0)
    } catch {
      close(descriptor)
      throw error
    }
  }

  private func wait(_ limit: Duration) async -> Outcome {
    await withCheckedContinuation { continuation in
      self.continuation = continuation
      timer = loop.schedule(after: limit, sink: self, tag: 0)
      finishIfDone()
    }
  }

  nonisolated func ready(_ tag: UInt64, _ readiness: Readiness) { assumeIsolated { $0.read() } }

  nonisolated func timerFired(_ tag: UInt64) { assumeIsolated { $0.stop(.tookTooLong) } }

  private func ended(_ exit: ChildExit) {
    self.exit = exit
    pid = nil
    read()
    // What it left running may hold the pipe open; the program itself has said everything.
    finish(.exited(exit))
  }

  private func read() {
    guard descriptor >= 0 else { return }
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN { return }
      guard count > 0 else { return closePipe() }
      output += chunk[..<count]
      if output.count > most { return stop(.wroteTooMuch) }
    }
  }

  private func stop(_ ending: Ending) {
    // The group is named by the child's number, which is its own until it was reaped.
    if let pid { _ = kill(-pid, SIGKILL) }
    finish(ending)
  }

  private func finish(_ ending: Ending) {
    self.ending = self.ending ?? ending
    closePipe()
    if let timer { loop.cancel(timer) }
    finishIfDone()
  }

  private func finishIfDone() {
    guard let ending, let continuation else { return }
    self.continuation = nil
    continuation.resume(returning: Outcome(ending: ending, output: output))
  }

  private func closePipe() {
    guard descriptor >= 0 else { return }
    if let registration { loop.deregister(registration) }
    close(descriptor)
    descriptor = -1
  }
}
