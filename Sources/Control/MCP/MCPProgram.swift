import CLinux
import Glibc
import Reactor
import Wire

/// An MCP server that is a program of ours: messages go to its standard input and come from its output, a line each.
/// Lives on the home loop, and leads its children to their end.
actor MCPProgram: MCPChannel, ReadinessSink, TimerSink {
  nonisolated let loop: EventLoop
  private let mostBytes: Int
  private var program: ProgramOutput?
  private var input: Int32 = -1
  private var buffer: [UInt8] = []
  private var searched = 0
  private var received = 0
  private var waiting: (id: Int, continuation: CheckedContinuation<Result<JSONSlice, MCPFault>, Never>)?
  /// Why nothing more will come.
  private var fault: MCPFault?
  private var deadline: TimerToken?
  private var isClosed = false

  private enum Timer: UInt64 { case deadline, silence, kill }
  /// How long a program has to end by itself when its input has ended.
  private static let patience = Duration.seconds(2)
  /// How long is waited for the end of a program whose output has ended: its code says more.
  private static let farewell = Duration.milliseconds(200)

  /// - Parameter mostBytes: of all that it may write.
  init(loop: EventLoop, mostBytes: Int) {
    self.loop = loop
    self.mostBytes = mostBytes
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  /// Starts it.
  func start(_ program: Spawn, within limit: Duration) throws(MCPFault) {
    var ends: [Int32] = [0, 0]
    guard tc_pipe2(&ends, O_CLOEXEC) == 0 else { throw .failed("\(SystemError(call: "pipe2"))") }
    defer { Glibc.close(ends[0]) }
    input = ends[1]
    _ = fcntl(input, F_SETFL, O_NONBLOCK)
    var spawn = program
    spawn.input = .descriptor(ends[0])
    do throws(SystemError) {
      self.program = try ProgramOutput(of: spawn, on: loop, sink: self, endsGroup: true) { exit in
        self.assumeIsolated { $0.ended(exit) }
      }
    } catch {
      closePipes()
      throw .failed("the program cannot be started: \(error)")
    }
    deadline = loop.schedule(after: limit, sink: self, tag: Timer.deadline.rawValue)
  }

  func agreed(on revision: String) {}

  func exchange(_ message: [UInt8], id: Int?) async throws(MCPFault) -> JSONSlice? {
    if let fault { throw fault }
    try write(message + [0x0a])
    guard let id else { return nil }
    return try await withCheckedContinuation { continuation in
      waiting = (id, continuation)
      takeLines()
      if let fault { answer(.failure(fault)) }
    }.get()
  }

  /// Its input ends, which tells it to end; who does not is killed with all that it started.
  func close() {
    guard !isClosed else { return }
    isClosed = true
    if let deadline { loop.cancel(deadline) }
    end(.failed("the conversation is over"))
    closePipes()
    guard program?.isRunning == true else { return }
    _ = loop.schedule(after: Self.patience, sink: self, tag: Timer.kill.rawValue)
  }

  nonisolated func ready(_ tag: UInt64, _ readiness: Readiness) { assumeIsolated { $0.read() } }

  nonisolated func timerFired(_ tag: UInt64) {
    assumeIsolated { $0.due(Timer(rawValue: tag)) }
  }

  private func due(_ timer: Timer?) {
    switch timer {
    case .silence: return end(.failed("the program has closed its output"))
    case .deadline: end(.tookTooLong)
    case .kill, nil: break
    }
    program?.kill()
  }

  private func ended(_ exit: ChildExit) {
    read()
    switch exit {
    case .exited(let code): end(.failed("the program ended with code \(code) before it answered"))
    case .signalled(let signal): end(.failed("the program was ended by signal \(signal) before it answered"))
    }
    closePipes()
  }

  private func end(_ fault: MCPFault) {
    if self.fault == nil { self.fault = fault }
    if let fault = self.fault { answer(.failure(fault)) }
  }

  private func answer(_ result: Result<JSONSlice, MCPFault>) {
    guard let continuation = waiting?.continuation else { return }
    waiting = nil
    continuation.resume(returning: result)
  }

  private func write(_ bytes: [UInt8]) throws(MCPFault) {
    guard input >= 0 else { return }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(input, $0.baseAddress.map { $0 + written }, $0.count - written)
      }
      if count < 0, errno == EINTR { continue }
      // Whoever waits for its answer is told how it ended.
      if count < 0, errno == EPIPE { return }
      // A pipe holds more than a message of ours has.
      guard count > 0 else { throw .failed("the program does not read what it is told") }
      written += count
    }
  }

  private func read() {
    guard let program else { return }
    let (bytes, isOpen) = program.read(most: mostBytes - received)
    buffer += bytes
    received += bytes.count
    guard received <= mostBytes else {
      end(.failed("the program wrote more than mcp.max_bytes"))
      return program.kill()
    }
    takeLines()
    guard !isOpen, program.isRunning else { return }
    _ = loop.schedule(after: Self.farewell, sink: self, tag: Timer.silence.rawValue)
    closePipes()
  }

  private func takeLines() {
    while let newline = buffer[searched...].firstIndex(of: 0x0a) {
      let line = Array(buffer[..<newline])
      buffer.removeSubrange(...newline)
      searched = 0
      take(line)
    }
    searched = buffer.count
  }

  /// What is no message, a line of a log for example, is passed over.
  private func take(_ line: [UInt8]) {
    guard let message = JSONSlice(validating: line), message.kind == .object else { return }
    if message["method"]?.string != nil {
      guard let id = message["id"] else { return }
      // The server asks for what it was not offered.
      try? write(Array(#"{"jsonrpc":"2.0","id":"#.utf8) + id.bytes + Array(Self.notOffered.utf8))
    } else if let waiting, message["id"]?.int == Int64(waiting.id) {
      answer(.success(message.detached()))
    }
  }

  private static let notOffered = #","error":{"code":-32601,"message":"not offered"}}"# + "\n"

  private func closePipes() {
    program?.close()
    if input >= 0 { Glibc.close(input) }
    input = -1
  }
}
