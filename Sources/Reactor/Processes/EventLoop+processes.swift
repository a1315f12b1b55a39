import CLinux
import Glibc

/// A watch of a process; ends with the process or with `EventLoop.unwatch`.
public struct ProcessWatch: Sendable, Hashable {
  let registration: Registration
}

extension EventLoop {
  /// Calls `body` on the loop, once, when the process `pid`, which need not be this one's child, has ended; on the
  /// loop's thread. How it ended only its parent learns.
  ///
  /// Throws `ESRCH` for a process that does not exist, `EMFILE` when no descriptor is left.
  public func watchProcess(
    pid: Int32, body: @escaping @Sendable () -> Void
  ) throws(SystemError) -> ProcessWatch {
    let core = core
    let watch = try ProcessEndWatch(pid, self, body)
    let registration = try core.register(watch.fd, .readable, sink: watch, tag: 0)
    watch.registration = registration
    return ProcessWatch(registration: registration)
  }

  /// Sends a signal to a watched process; to nobody once the watch has ended, whoever has its number by then.
  public func signal(_ watch: ProcessWatch, _ signal: Int32) {
    guard let sink = core.registrations.recipient(watch.registration)?.sink as? ProcessEndWatch else {
      return
    }
    _ = tc_pidfd_send_signal(sink.fd, signal)
  }

  /// Ends a watch; one that has ended is ignored.
  public func unwatch(_ watch: ProcessWatch) { deregister(watch.registration) }
}

/// A pidfd and who is told; kept by the loop's table until the process has ended.
private final class ProcessEndWatch: ReadinessSink {
  let fd: Int32
  /// Safe: set and read on the loop's thread alone.
  nonisolated(unsafe) var registration: Registration?
  private let loop: EventLoop
  private let body: @Sendable () -> Void

  init(_ pid: Int32, _ loop: EventLoop, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
    fd = tc_pidfd_open(pid)
    self.loop = loop
    self.body = body
    guard fd >= 0 else { throw SystemError(call: "pidfd_open") }
  }

  deinit { if fd >= 0 { close(fd) } }

  func ready(_ tag: UInt64, _ readiness: Readiness) {
    if let registration { loop.deregister(registration) }
    body()
  }
}
