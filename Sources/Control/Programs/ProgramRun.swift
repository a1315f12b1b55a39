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
  private var program: ProgramOutput?
  private var output: [UInt8] = []
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
    self.program = try ProgramOutput(of: program, on: loop, sink: self) { exit in
      self.assumeIsolated { $0.ended(exit) }
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
    read()
    // What it left running may hold the pipe open; the program itself has said everything.
    finish(.exited(exit))
  }

  private func read() {
    guard let (bytes, isOpen) = program?.read(most: most - output.count) else { return }
    output += bytes
    if output.count > most { return stop(.wroteTooMuch) }
    if !isOpen { program?.close() }
  }

  private func stop(_ ending: Ending) {
    program?.kill()
    finish(ending)
  }

  private func finish(_ ending: Ending) {
    self.ending = self.ending ?? ending
    program?.close()
    if let timer { loop.cancel(timer) }
    finishIfDone()
  }

  private func finishIfDone() {
    guard let ending, let continuation else { return }
    self.continuation = nil
    continuation.resume(returning: Outcome(ending: ending, output: output))
  }
}
