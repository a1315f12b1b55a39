/// Told on the loop's thread that a turn is over: the moment to write what the turn gathered.
///
/// An actor of the loop implements it as a `nonisolated` method that uses `assumeIsolated`.
public protocol TurnSink: AnyObject, Sendable {
  /// Everything that was due in this turn has run. Work for later is posted, or asked for with `again()`.
  func turnEnded()
}
