import Glibc

/// Why a directory is listed again and again instead of being watched.
enum PollReason: Hashable, CustomStringConvertible {
  /// Its file system delivers no change events.
  case remote
  /// inotify refused.
  case failed(errno: Int32)
  /// `tail.mode` says so.
  case wanted

  var description: String {
    switch self {
    case .remote: return "the file system delivers no change events"
    case .failed(ENOSPC): return "the limit on inotify watches is reached (fs.inotify.max_user_watches)"
    case .failed(EMFILE): return "the limit on inotify instances is reached (fs.inotify.max_user_instances)"
    case .failed(let reason): return "inotify: " + String(cString: strerror(reason))
    case .wanted: return "tail.mode is poll"
    }
  }
}
