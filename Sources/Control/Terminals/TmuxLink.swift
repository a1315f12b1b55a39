import CLinux
import Glibc
import Reactor

/// The process of one `tmux -C` and our end of its standard descriptors. Used by `TmuxConnection` on the home loop.
final class TmuxLink {
  /// The last line outside of the protocol.
  var lastWords = ""
  private let loop: EventLoop
  private let descriptor: Int32
  private let process: Child
  private var registration: Registration?
  private var parser = ControlModeParser()
  private var outgoing: [UInt8] = []
  private var written = 0
  private var hasEnded = false

  /// Starts the client. The session that it is attached to keeps the tmux server alive without terminals.
  init(_ rules: TerminalRules, _ loop: EventLoop) throws(SystemError) {
    self.loop = loop
    var ends: [Int32] = [0, 0]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0
    else {
      throw SystemError(call: "socketpair")
    }
    defer { close(ends[1]) }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    var spawn = Spawn(
      rules.program,
      [
        "-L", rules.socket, "-f", "/dev/null", "-u", "-C", "new-session", "-A", "-s", "tailcast", "--",
        "sleep",
        "infinity",
      ], environment: rules.environment, workingDirectory: "/")
    spawn.input = .descriptor(ends[1])
    spawn.output = .descriptor(ends[1])
    spawn.error = .descriptor(ends[1])
    spawn.newSession = true
    do throws(SystemError) {
      process = try spawn.start(on: loop) { _ in }
    } catch {
      close(ends[0])
      throw error
    }
    descriptor = ends[0]
  }

  deinit {
    // Without `end` the loop is gone too, and its registrations with it.
    guard !hasEnded else { return }
    close(descriptor)
    process.kill()
  }

  func register(_ sink: any ReadinessSink) throws(SystemError) {
    registration = try loop.register(descriptor, .readable, sink: sink, tag: 0)
  }

  func write(_ bytes: [UInt8]) {
    outgoing += bytes
    flush()
  }

  func flush() {
    while written < outgoing.count {
      let count = outgoing.withUnsafeBytes {
        send(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written, TC_MSG_NOSIGNAL)
      }
      if count < 0, errno == EINTR { continue }
      // A broken connection is seen by reading.
      guard count > 0 else { break }
      written += count
    }
    if written == outgoing.count {
      outgoing.removeAll(keepingCapacity: outgoing.count < 64 << 10)
      written = 0
    }
    if let registration { loop.modify(registration, outgoing.isEmpty ? .readable : [.readable, .writable]) }
  }

  /// What has come, and whether more can come.
  func read() -> (events: [ControlModeParser.Event], isOpen: Bool) {
    var events: [ControlModeParser.Event] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN { return (events, true) }
      guard count > 0 else { return (events, false) }
      events += parser.feed(chunk[..<count])
      if count < chunk.count { return (events, true) }
    }
  }

  /// Closes our end and ends the process, which may hang.
  func end() {
    guard !hasEnded else { return }
    hasEnded = true
    if let registration { loop.deregister(registration) }
    close(descriptor)
    process.kill()
  }
}
