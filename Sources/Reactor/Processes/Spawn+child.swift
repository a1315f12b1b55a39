import Glibc

extension Spawn {
  /// Starts the program as a child that the loop reaps; on the loop's thread. An error leaves no child behind.
  ///
  /// Throws what `start()` throws, and `EMFILE` when no descriptor is left to watch it with.
  /// - Parameter endsGroup: whether those that it started are killed when it ends; for one that leads a session.
  /// - Parameter ended: told on the loop, once, when it was reaped.
  public func start(
    on loop: EventLoop, endsGroup: Bool = false, ended: @escaping @Sendable (ChildExit) -> Void
  ) throws(SystemError) -> Child {
    let pid = try start()
    do throws(SystemError) {
      return try Child(pid: pid, on: loop, endsGroup: endsGroup, ended: ended)
    } catch {
      // Nobody else would end it, and nobody else would reap it.
      kill(newSession ? -pid : pid, SIGKILL)
      while waitpid(pid, nil, 0) < 0, errno == EINTR {}
      throw error
    }
  }
}
