import Wire

/// What opening a session's files found: the one to follow and those before it. Lives on the home loop.
struct OpenedChain {
  /// How the newest file with content is read.
  var kind = FollowedSession.Kind.awaited
  /// Its path.
  var path = ""
  /// The files before it that have content, oldest first.
  var earlier: [TopicFacts] = []
  /// There are newer files, which have no content yet.
  var hasNext = false
}

/// One opened file of a chain.
enum OpenedFile {
  case lines(OpenedTranscript)
  case document(DocumentFollower)
  /// A document whose writer is at work: it has no content until it is whole.
  case unfinished

  /// Where its content stands; nil before a first complete record.
  var content: (epoch: Epoch, head: UInt64, witness: Witness)? {
    switch self {
    case .lines(let opened): return opened.identity.map { ($0.epoch, opened.boundary, opened.witness) }
    case .document(let follower): return (follower.epoch, follower.head, follower.witness)
    case .unfinished: return nil
    }
  }

  /// The file when it was read; nil if it could not be.
  var facts: FileFacts? {
    switch self {
    case .lines(let opened): opened.facts
    case .document(let follower): follower.facts
    case .unfinished: nil
    }
  }

  /// What reads on from where the content stands.
  func follower(_ path: String, _ limits: TailLimits) -> FollowedSession.Kind {
    switch self {
    case .lines(let opened): return .lines(Follower(opened, path: path, limits: limits))
    case .document(let follower): return .document(follower)
    case .unfinished: return .awaited
    }
  }

  /// What reads the content from its beginning.
  func followerFromStart(_ path: String, _ limits: TailLimits) -> FollowedSession.Kind {
    switch self {
    case .lines(var opened):
      opened.boundary = 0
      opened.witness = .none
      return .lines(Follower(opened, path: path, limits: limits))
    case .document(let follower):
      follower.rewind()
      return .document(follower)
    case .unfinished: return .awaited
    }
  }
}
