import Reactor

/// Decides how long the next look at the inotify queue waits, so that what is written meanwhile costs one look, one read
/// of each file and one `send` to each of its readers. A value; knows no clock.
///
/// It never waits while the writers are so slow that fewer than two events come within a span: those who watch would wait
/// for nothing.
struct GatherPace {
  /// How long events gather; zero never lets them.
  let span: Duration
  private var last: Instant?
  /// What the last look brought, and nanoseconds between its end and that of the one before.
  private var lastEvents = 0
  private var lastGap: UInt64 = 0
  /// Looks in a row that speak against what is done now.
  private var run = 0
  private var isGathering = false

  /// So many looks in a row decide that events come densely, or no longer.
  private static let evidence = 16
  /// While the lines of the last look are still being sent, the next one waits for so many spans at most,
  private static let patience = 50
  /// and only until about so many events are waiting: the kernel's queue holds 16,384.
  private static let fewEvents = 10_000

  init(span: Duration) { self.span = span }

  /// True when the next look is to wait for another span. `isBehind`: the loop has not sent all yet that it has.
  func waits(at now: Instant, isBehind: Bool) -> Bool {
    guard isGathering, isBehind, let last else { return false }
    let waited = now.nanoseconds(since: last)
    return now < last + span * Self.patience
      && waited / UInt64(Self.fewEvents) < lastGap / UInt64(max(1, lastEvents))
  }

  /// A look that has just ended brought so many events; how long the next one is to wait, nil for not at all.
  mutating func looked(at now: Instant, events: Int) -> Duration? {
    guard span > .zero else { return nil }
    lastGap = last.map { now.nanoseconds(since: $0) } ?? .max
    // Two in a span to begin, one to go on: what comes about as often as that does not change it to and fro.
    let enough = UInt64(clamping: span.wholeNanoseconds) / (isGathering ? 1 : 2)
    let isDense = lastGap / UInt64(max(1, events)) <= enough
    last = now
    lastEvents = events
    run = isDense != isGathering ? run + 1 : 0
    if run >= Self.evidence {
      isGathering.toggle()
      run = 0
    }
    return isGathering ? span : nil
  }
}
