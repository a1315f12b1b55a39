import CInotifyTools

/// The kernel's limits on inotify, read with libinotifytools.
public struct WatchLimits: Sendable, Hashable {
  /// Watches of one user (`fs.inotify.max_user_watches`).
  public var watches: Int
  /// Descriptors of one user (`fs.inotify.max_user_instances`).
  public var instances: Int
  /// Events kept unread before the queue overflows (`fs.inotify.max_queued_events`).
  public var queuedEvents: Int

  /// The limits now; nil where the kernel does not say.
  public static func current() -> WatchLimits? {
    let watches = Int(inotifytools_get_max_user_watches())
    guard watches > 0 else { return nil }
    return WatchLimits(
      watches: watches, instances: Int(inotifytools_get_max_user_instances()),
      queuedEvents: Int(inotifytools_get_max_queued_events()))
  }

  /// The names of an event mask, for logs: `MODIFY,CLOSE_WRITE`.
  static func names(of mask: UInt32) -> String {
    guard let text = inotifytools_event_to_str(Int32(bitPattern: mask & 0x0000_FFFF)) else { return "" }
    return String(cString: text)
  }
}
