import Glibc

/// A point of the monotonic clock, in nanoseconds; comparable between threads, meaningless between boots.
public struct Instant: Sendable, Hashable, Comparable {
  /// Nanoseconds of `CLOCK_MONOTONIC`.
  public var nanoseconds: UInt64

  /// The point `nanoseconds` on the monotonic clock.
  public init(nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
  }

  /// The clock read now; on a loop prefer the turn's own `EventLoop.now`.
  public static func current() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Instant(nanoseconds: UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec))
  }

  /// Nanoseconds from an earlier point to this one; 0 when that one is not earlier. Every turn of a loop asks for some,
  /// and a `Duration` costs a multiplication of 128 bits.
  public func nanoseconds(since earlier: Instant) -> UInt64 {
    nanoseconds > earlier.nanoseconds ? nanoseconds - earlier.nanoseconds : 0
  }

  /// Whether `left` comes before `right`.
  public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

  /// The point `right` later, held within the clock's range.
  public static func + (left: Instant, right: Duration) -> Instant {
    let step = right.wholeNanoseconds
    let (sum, overflow) =
      step >= 0
      ? left.nanoseconds.addingReportingOverflow(step.magnitude)
      : left.nanoseconds.subtractingReportingOverflow(step.magnitude)
    return Instant(nanoseconds: overflow ? (step >= 0 ? .max : 0) : sum)
  }

  /// The point `right` earlier, held within the clock's range.
  public static func - (left: Instant, right: Duration) -> Instant { left + (.zero - right) }

  /// The time from `right` to `left`, negative when `left` comes first.
  public static func - (left: Instant, right: Instant) -> Duration {
    left >= right
      ? .nanoseconds(Int64(clamping: left.nanoseconds - right.nanoseconds))
      : .nanoseconds(-Int64(clamping: right.nanoseconds - left.nanoseconds))
  }
}

extension Duration {
  /// The duration in whole nanoseconds, held within ±292 years.
  public var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, carried) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
    return overflow || carried ? (seconds < 0 ? .min + 1 : .max) : sum
  }
}
