import CLinux
import Glibc

/// How a child ended.
public enum ChildExit: Sendable, Hashable {
  /// It returned this code, 0...255.
  case exited(Int32)
  /// This signal killed it.
  case signalled(Int32)
}

extension EventLoop {
  /// Reaps the child `pid` when it ends and calls `body` on the loop, once; on the loop's thread.
  ///
  /// Throws `ECHILD` for a process that is not this one's child, or was reaped already, `ESRCH` for one that
  /// does not exist, `EMFILE` when no descriptor is left. Nobody else may wait for the child.
  public func watchChild(
    pid: Int32, body: @escaping @Sendable (ChildExit) -> Void
  ) throws(SystemError) {
    let core = core
    let watch = try ChildWatch(pid, self, body)
    watch.registration = try core.register(watch.fd, .readable, sink: watch, tag: 0)
  }
}

/// A pidfd and who is told; kept by the loop's table until the child has ended.
private final class ChildWatch: ReadinessSink {
  let fd: Int32
  /// Safe: set and read on the loop's thread alone.
  nonisolated(unsafe) var registration: Registration?
  private let loop: EventLoop
  private let body: @Sendable (ChildExit) -> Void

  init(
    _ pid: Int32, _ loop: EventLoop, _ body: @escaping @Sendable (ChildExit) -> Void
  ) throws(SystemError) {
    fd = tc_pidfd_open(pid)
    self.loop = loop
    self.body = body
    guard fd >= 0 else { throw SystemError(call: "pidfd_open") }
    guard tc_pidfd_is_child(fd) == 1 else { throw SystemError(call: "waitid") }
  }

  deinit { if fd >= 0 { close(fd) } }

  func ready(_ tag: UInt64, _ readiness: Readiness) {
    var signalled: Int32 = 0
    var status: Int32 = 0
    let reaped = tc_pidfd_reap(fd, &signalled, &status)
    guard reaped != 0 else { return }
    if reaped < 0 {
      // Someone else waited for the child: its exit is lost, and a made-up one would be believed.
      fatalError("waitid(pidfd): \(SystemError(call: "waitid").message)")
    }
    if let registration { loop.deregister(registration) }
    body(signalled != 0 ? .signalled(status) : .exited(status))
  }
}
