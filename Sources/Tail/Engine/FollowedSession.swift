import Store

/// One session that somebody watches: its follower and what it waits for. Lives on the home loop.
final class FollowedSession {
  /// How its transcript is read.
  enum Kind {
    case lines(Follower)
    case document(DocumentFollower)
  }

  let session: String
  let kind: Kind
  /// How many watch it.
  var watchers = 1
  /// Set while an identity is being stored: nothing of the new content may be told before that is durable.
  var isPaused = false
  /// Something happened while it was paused.
  var isDirty = false
  /// Set while another look is already asked for.
  var isQueued = false

  init(session: String, kind: Kind) {
    self.session = session
    self.kind = kind
  }

  /// Bytes that are in the file and were not read yet.
  var lagBytes: UInt64 {
    guard case .lines(let follower) = kind else { return 0 }
    return follower.facts.size - min(follower.facts.size, follower.position)
  }
}
