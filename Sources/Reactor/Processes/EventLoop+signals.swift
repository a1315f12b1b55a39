import CLinux
import Glibc

extension EventLoop {
  /// Keeps `signals` from interrupting the calling thread and every thread it creates from now on; `main`
  /// does it before any thread, for the signals that a loop will watch.
  public static func blockSignals(_ signals: [Int32]) {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    let failure = pthread_sigmask(SIG_BLOCK, &set, nil)
    precondition(failure == 0, "pthread_sigmask: \(SystemError(call: "pthread_sigmask", errno: failure))")
  }

  /// Calls `body` on the loop with each of `signals` that arrives, until the loop stops; on the loop's
  /// thread. Every thread must have the signals blocked. Equal signals that arrive together count as one.
  public func watchSignals(
    _ signals: [Int32], body: @escaping @Sendable (Int32) -> Void
  ) throws(SystemError) {
    let core = core
    Self.blockSignals(signals)
    let watch = try SignalWatch(signals, body)
    _ = try core.register(watch.fd, .readable, sink: watch, tag: 0)
  }
}

/// A signalfd and who is told; kept by the loop's table.
private final class SignalWatch: ReadinessSink {
  let fd: Int32
  private let body: @Sendable (Int32) -> Void

  init(_ signals: [Int32], _ body: @escaping @Sendable (Int32) -> Void) throws(SystemError) {
    fd = tc_signalfd(signals, signals.count)
    self.body = body
    guard fd >= 0 else { throw SystemError(call: "signalfd") }
  }

  deinit { close(fd) }

  func ready(_ tag: UInt64, _ readiness: Readiness) {
    while true {
      let signal = tc_signalfd_next(fd)
      guard signal > 0 else { return }
      body(signal)
    }
  }
}
