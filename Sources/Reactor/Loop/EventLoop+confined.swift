/// What a loop offers to the code that runs on it; all of it traps off the loop's thread.
extension EventLoop {
  /// Asks for `sink.ready(tag, …)` whenever `fd` is ready for `interest`, level-triggered.
  ///
  /// Throws what `epoll_ctl` refuses: `EPERM` for a regular file, `EEXIST` for a descriptor that is
  /// registered already, `ENOSPC` and `ENOMEM`. The descriptor stays the caller's.
  public func register(
    _ fd: Int32, _ interest: Readiness, sink: any ReadinessSink, tag: UInt64
  ) throws(SystemError) -> Registration {
    try core.register(fd, interest, sink: sink, tag: tag)
  }

  /// Changes the interest; no system call when it stays the same. A registration that has ended is ignored.
  public func modify(_ registration: Registration, _ interest: Readiness) {
    core.modify(registration, interest)
  }

  /// Ends the registration and every wake-up already fetched for it. Call it before the descriptor is
  /// closed, which it never does itself. A registration that has ended is ignored.
  public func deregister(_ registration: Registration) {
    core.deregister(registration)
  }

  /// Does not ask about a descriptor for a time, rounded up to a millisecond, and then tells its sink `ready` with its
  /// interest, whether it is ready or not. Whoever lets it rest again in that call pays for no call to epoll. What comes
  /// meanwhile stays where it is, in the kernel. A registration that has ended is ignored.
  public func rest(_ registration: Registration, for time: Duration) {
    core.rest(registration, until: core.now + time)
  }

  /// Asks for `sink.timerFired(tag)` once, at the first 10 ms tick that is at least `after` from this turn's
  /// `now`; never early, at most ten years ahead.
  @discardableResult
  public func schedule(after: Duration, sink: any TimerSink, tag: UInt64) -> TimerToken {
    core.schedule(after: after, sink: sink, tag: tag)
  }

  /// Takes the timer back. One that fired or was cancelled is ignored, so a token may be kept too long.
  public func cancel(_ timer: TimerToken) {
    _ = core.timers.cancel(timer)
  }

  /// Asks for `sink.turnEnded()` in each turn after its events and timers, and after its jobs, if there were any;
  /// after the sinks asked before, until the loop stops.
  public func atTurnEnd(_ sink: any TurnSink) {
    core.turnSinks.append(sink)
  }

  /// Asks for another turn at once, with its turn end, even if nothing else is due.
  public func again() {
    core.againRequested = true
  }

  /// This turn was asked for by `again()`: somebody has more to do than one turn allows.
  public var isBehind: Bool { core.isAgain }

  /// The monotonic clock as this turn began.
  public var now: Instant { core.now }
}
