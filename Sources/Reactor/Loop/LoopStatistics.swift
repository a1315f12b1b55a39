import Synchronization

/// One loop's counters at a moment.
public struct LoopStatistics: Sendable, Hashable {
  /// Turns in which something ran.
  public var turns: Int
  /// Time in which something ran.
  public var busy: Duration
  /// The longest turn so far.
  public var longestTurn: Duration
  /// Turns longer than the loop's `longTurn`.
  public var longTurns: Int
  /// Descriptors registered now.
  public var registered: Int
  /// Timers scheduled now.
  public var timers: Int
}

/// The counters behind `LoopStatistics`: written by the loop's thread alone, read by anyone.
final class LoopCounters: Sendable {
  let turns = Atomic<Int>(0)
  let busy = Atomic<Int64>(0)
  let longestTurn = Atomic<Int64>(0)
  let longTurns = Atomic<Int>(0)
  let registered = Atomic<Int>(0)
  let timers = Atomic<Int>(0)

  var statistics: LoopStatistics {
    LoopStatistics(
      turns: turns.load(ordering: .relaxed), busy: .nanoseconds(busy.load(ordering: .relaxed)),
      longestTurn: .nanoseconds(longestTurn.load(ordering: .relaxed)),
      longTurns: longTurns.load(ordering: .relaxed),
      registered: registered.load(ordering: .relaxed), timers: timers.load(ordering: .relaxed))
  }
}
