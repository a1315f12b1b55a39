import CLinux
import Glibc

/// A child process, from its start until its loop has reaped it. Used on that loop's thread.
public final class Child: Sendable {
  /// The number of the process, which is also that of the session and the group that it may lead.
  public let pid: Int32
  /// Whether its end was not told yet. Then its number is its own; later it may be another's.
  ///
  /// Safe: set and read on the loop's thread alone.
  nonisolated(unsafe) public fileprivate(set) var isRunning = true

  /// Watches a child of this process that nobody else waits for.
  ///
  /// Throws `ECHILD` for a process that is not this one's child, or was reaped already, `ESRCH` for one that does not
  /// exist, `EMFILE` when no descriptor is left.
  init(
    pid: Int32, on loop: EventLoop, endsGroup: Bool, ended: @escaping @Sendable (ChildExit) -> Void
  ) throws(SystemError) {
    let core = loop.core
    self.pid = pid
    let watch = try ChildWatch(self, loop, endsGroup: endsGroup, ended)
    watch.registration = try core.register(watch.fd, .readable, sink: watch, tag: 0)
  }

  /// Kills it, unless it has ended.
  public func kill() {
    if isRunning { _ = Glibc.kill(pid, SIGKILL) }
  }

  /// Kills it and those that it started, unless it has ended; for one that leads a session.
  public func killGroup() {
    if isRunning { _ = Glibc.kill(-pid, SIGKILL) }
  }
}

/// A pidfd and who is told; kept by the loop's table until the child has ended.
private final class ChildWatch: ReadinessSink {
  let fd: Int32
  /// Safe: set and read on the loop's thread alone.
  nonisolated(unsafe) var registration: Registration?
  private let child: Child
  private let loop: EventLoop
  private let endsGroup: Bool
  private let ended: @Sendable (ChildExit) -> Void

  init(
    _ child: Child, _ loop: EventLoop, endsGroup: Bool, _ ended: @escaping @Sendable (ChildExit) -> Void
  ) throws(SystemError) {
    fd = tc_pidfd_open(child.pid)
    self.child = child
    self.loop = loop
    self.endsGroup = endsGroup
    self.ended = ended
    guard fd >= 0 else { throw SystemError(call: "pidfd_open") }
    guard tc_pidfd_is_child(fd) == 1 else { throw SystemError(call: "waitid") }
  }

  deinit { if fd >= 0 { close(fd) } }

  func ready(_ tag: UInt64, _ readiness: Readiness) {
    // Before it is reaped: the group's number is its own until then.
    if endsGroup { child.killGroup() }
    var signalled: Int32 = 0
    var status: Int32 = 0
    let reaped = tc_pidfd_reap(fd, &signalled, &status)
    guard reaped != 0 else { return }
    if reaped < 0 {
      // Someone else waited for the child: its exit is lost, and a made-up one would be believed.
      fatalError("waitid(pidfd): \(SystemError(call: "waitid").message)")
    }
    child.isRunning = false
    if let registration { loop.deregister(registration) }
    ended(signalled != 0 ? .signalled(status) : .exited(status))
  }
}
