import Store
import Wire

/// One session that somebody watches: its follower and what it waits for. Lives on the home loop.
final class FollowedSession {
  /// How its transcript is read.
  enum Kind {
    /// No file of it was found yet.
    case awaited
    case lines(Follower)
    case document(DocumentFollower)
  }

  let session: String
  private(set) var kind: Kind
  /// The file that is read.
  var path: String
  /// The chain's files before it, oldest first.
  private(set) var earlier: [TopicFacts]
  /// A newer file of the chain was found: it is gone over to when this one is read to its end.
  var hasNext: Bool
  /// The next batch is the first of a file.
  private var begins = false
  /// How many watch it.
  var watchers = 1
  /// Set while an identity is being stored: nothing of the new content may be told before that is durable.
  var isPaused = false
  /// Something happened while it was paused.
  var isDirty = false
  /// Set while another look is already asked for.
  var isQueued = false
  /// Nobody watches it any more, or it is opened anew.
  var hasEnded = false
  /// It has grown and the catalog does not know yet.
  var isGrowthDue = false
  /// The content that the catalog knows to be that of the file.
  var notedEpoch: Epoch?

  init(session: String, _ opened: OpenedChain) {
    self.session = session
    kind = opened.kind
    path = opened.path
    earlier = opened.earlier
    hasNext = opened.hasNext
  }

  /// Goes over to a newer file, of which nothing was read yet; what was read of the older one is in `before`.
  func enter(_ kind: Kind, path: String, before: TopicFacts?) {
    if let before { earlier.append(before) }
    self.kind = kind
    self.path = path
    notedEpoch = nil
    begins = true
  }

  /// True for the first batch of a file that was gone over to.
  func takeBegins() -> Bool {
    defer { begins = false }
    return begins
  }

  /// False once a log has taken the place of the document.
  func follows(_ follower: DocumentFollower) -> Bool {
    if case .document(let current) = kind { current === follower } else { false }
  }

  /// Bytes that are in the file and were not read yet.
  var lagBytes: UInt64 {
    guard case .lines(let follower) = kind else { return 0 }
    return follower.facts.size - min(follower.facts.size, follower.position)
  }
}
