/// How busy a loop was between two looks. A value of whoever looks.
public struct LoopLoad: Sendable {
  private var at = Instant.current()
  private var busy: Duration

  /// Begins to count.
  public init(of loop: EventLoop) { busy = loop.statistics.busy }

  /// The share of the time since the last look in which the loop ran something, from 0 to 1.
  public mutating func share(of loop: EventLoop) -> Double {
    let (now, ran) = (Instant.current(), loop.statistics.busy)
    defer { (at, busy) = (now, ran) }
    let (passed, worked) = ((now - at).wholeNanoseconds, (ran - busy).wholeNanoseconds)
    return passed > 0 ? min(1, Double(worked) / Double(passed)) : 0
  }

  /// How long background work rests that took a time: it takes a twentieth of a core from those whom the loop serves.
  public static func rest(after time: Duration, atMost longest: Duration) -> Duration {
    min(time * 19, longest)
  }
}
