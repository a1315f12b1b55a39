import CLinux
import Glibc
import Synchronization

/// The wish that a command end early: a signal, or a reader of its output that went away.
///
/// A signal makes `descriptor` readable for good, so that every wait that includes it ends and the command returns
/// the way it always does: what it opened is closed, and no temporary file stays behind.
final class Interruption: Sendable {
  /// Readable from the first signal on; nobody reads it.
  let descriptor: Int32
  private let signals: [Int32]
  private let output: Int32

  /// That of this process: the signals by which terminals, shells and supervisors end a program, and the reader of
  /// standard output.
  static func ofProcess() -> Interruption {
    Interruption(signals: [SIGINT, SIGTERM, SIGHUP], output: STDOUT_FILENO)
  }

  /// - Parameters:
  ///   - signals: what `watch` takes.
  ///   - output: the descriptor whose reader is looked for, -1 for none.
  init(signals: [Int32] = [], output: Int32 = -1) {
    descriptor = tc_eventfd(0, TC_EFD_CLOEXEC)
    precondition(descriptor >= 0, "eventfd: \(String(cString: strerror(errno)))")
    self.signals = signals
    self.output = output
  }

  deinit { close(descriptor) }

  /// Takes the signals from now on; the process' only one to do so. A second signal ends the process at once.
  func watch() {
    if signals.isEmpty { return }
    receiver.store(descriptor, ordering: .sequentiallyConsistent)
    for number in signals {
      let before = signal(number) { number in
        if received.exchange(number, ordering: .sequentiallyConsistent) != 0 { _exit(128 + number) }
        Interruption.wake(receiver.load(ordering: .sequentiallyConsistent))
      }
      // nohup wants the command to outlive its terminal. A shell without job control ignores SIGINT for what it
      // starts in the background; there, who sends one means this command.
      if number == SIGHUP, unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
        signal(number, SIG_IGN)
      }
    }
  }

  /// What a signal does.
  func interrupt() { Self.wake(descriptor) }

  /// Whether the command is to end.
  var isDue: Bool { waits(0) }

  /// Waits; false when the command is to end.
  func pause(milliseconds: Int) -> Bool {
    // A reader that goes away wakes nobody: he is looked for once a second.
    var rest = milliseconds
    while rest > 0 {
      if waits(Int32(min(rest, 1000))) { return false }
      rest -= 1000
    }
    return !isDue
  }

  private func waits(_ milliseconds: Int32) -> Bool {
    var ends = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0), pollfd(fd: output, events: 0, revents: 0),
    ]
    return poll(&ends, nfds_t(ends.count), milliseconds) > 0
  }

  /// Callable in a signal handler: one system call, and errno as it was.
  private static func wake(_ descriptor: Int32) {
    let before = errno
    var one: UInt64 = 1
    _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    errno = before
  }
}

/// Where the handler writes, and the signal that came first. A handler knows no object.
private let receiver = Atomic<Int32>(-1)
private let received = Atomic<Int32>(0)
