import Glibc

/// Decides what a look at a followed file means. A value: facts in, an action out; the reads are the follower's.
struct FollowRules: Sendable {
  /// What the follower has to do.
  enum Action: Equatable, Sendable {
    /// Read on from the position, after comparing the witness.
    case read
    /// Nothing is new, but the bytes read before may have changed in place: compare the witness. The time of the last
    /// modification says nothing: two writes within one tick of the file system's clock share it.
    case verify
    /// The file is shorter than what was read from it.
    case restart(RestartReason)
    /// The name leads to another file: drain the old one, then compare the new one.
    case reopen
    /// The name leads nowhere: drain the old file and wait.
    case missing
    /// It may not be read: wait and try again.
    case denied(errno: Int32)
  }

  /// The file that is open; nil before the first and after a loss.
  var device: UInt64?
  /// Its inode.
  var inode: UInt64?
  /// Bytes read so far.
  var position: UInt64

  /// What to do about these facts.
  func observe(_ facts: FileFacts) -> Action {
    guard facts.isRegular else { return .missing }
    guard let device, let inode, facts.device == device, facts.inode == inode else { return .reopen }
    if facts.size < position { return .restart(.truncated) }
    if facts.size > position { return .read }
    return .verify
  }

  /// What to do when the facts cannot be had.
  func observe(failure: Int32) -> Action {
    switch failure {
    case ENOENT, ENOTDIR: return .missing
    default: return .denied(errno: failure)
    }
  }
}

/// Why a file's content starts over (`reset.reason`, STREAMS section 4).
public enum RestartReason: String, Sendable {
  /// The file became shorter than what was read.
  case truncated
  /// Other bytes stand where read ones stood, or another file has the name.
  case replaced
}
