/// Told on the loop's thread that a turn has gathered something: the moment to write it.
///
/// An actor of the loop implements it as a `nonisolated` method that uses `assumeIsolated`.
public protocol TurnSink: AnyObject, Sendable {
  /// All descriptors and timers that were due have had their say; and once more in the same turn when jobs ran after
  /// them. Work for later is posted, or asked for with `again()`.
  func turnEnded()
}
