import Glibc

/// The two clocks of a run, in nanoseconds.
enum Clock {
  /// For intervals: `CLOCK_MONOTONIC`.
  static func monotonic() -> UInt64 { read(CLOCK_MONOTONIC) }

  /// For what is written into a line: nanoseconds since 1970.
  static func wall() -> UInt64 { read(CLOCK_REALTIME) }

  /// Sleeps until the monotonic clock shows `deadline`; at once when it has passed.
  static func sleep(until deadline: UInt64) {
    var time = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
    while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
  }

  private static func read(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}
