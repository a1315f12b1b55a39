/// The loop as the executor of actors and tasks.
///
/// An actor lives on it with
/// `nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }`, and must keep
/// the loop alive. A task with `executorPreference: loop` runs its nonisolated parts there too.
extension EventLoop: SerialExecutor, TaskExecutor {
  /// Queues the job behind all posts and jobs so far; from any thread.
  public nonisolated func enqueue(_ job: consuming ExecutorJob) {
    put(UnownedJob(job))
  }

  /// The loop as Swift's concurrency knows it; does not keep the loop alive.
  public nonisolated func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    UnownedSerialExecutor(ordinary: self)
  }

  /// Two loops share a context only when they are one.
  public nonisolated func isSameExclusiveExecutionContext(other: EventLoop) -> Bool { self === other }

  /// Traps unless on the loop's thread: what makes `assumeIsolated` work in a plain callback.
  public nonisolated func checkIsolated() {
    precondition(inLoop, "loop \(name) was expected to be the current one")
  }

  /// Whether the caller is on the loop's thread.
  public nonisolated func isIsolatingCurrentContext() -> Bool? { inLoop }
}
