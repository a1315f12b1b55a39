import Glibc
import Wire

extension Timestamp {
  /// The wall clock now.
  public static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}

/// Moments as people read them.
enum MomentText {
  /// `2026-02-03 09:00:00` in the machine's time zone.
  static func local(_ moment: Timestamp) -> String {
    var seconds = time_t(moment.milliseconds / 1000)
    var fields = tm()
    guard localtime_r(&seconds, &fields) != nil else { return moment.iso8601 }
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(fields.tm_year + 1900)-\(two(fields.tm_mon + 1))-\(two(fields.tm_mday)) "
      + "\(two(fields.tm_hour)):\(two(fields.tm_min)):\(two(fields.tm_sec))"
  }

  /// `now`, `5m`, `3h`, `12d`: how long ago.
  static func age(_ moment: Timestamp, now: Timestamp) -> String {
    span(seconds: (now.milliseconds - moment.milliseconds) / 1000)
  }

  /// A length of time in its largest unit.
  static func span(seconds: Int64) -> String {
    switch seconds {
    case ..<1: "now"
    case ..<60: "\(seconds)s"
    case ..<3600: "\(seconds / 60)m"
    case ..<86400: "\(seconds / 3600)h"
    default: "\(seconds / 86400)d"
    }
  }
}
