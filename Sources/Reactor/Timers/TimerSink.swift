/// Told on the loop's thread that a timer is due.
///
/// An actor of the loop implements it as a `nonisolated` method that uses `assumeIsolated`.
public protocol TimerSink: AnyObject, Sendable {
  /// The timer scheduled with `tag` is due. It is gone by now; to go on, schedule again.
  func timerFired(_ tag: UInt64)
}

/// One scheduled timer of one loop. It outlives the timer harmlessly: cancelling a timer that fired, or was
/// cancelled before, does nothing.
public struct TimerToken: Sendable, Hashable {
  let slot: UInt32
  let generation: UInt32
}
