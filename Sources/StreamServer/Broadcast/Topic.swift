import Tail
import Wire

/// One watched session on the home loop: where its transcript stands and the views somebody watches.
final class Topic {
  /// What waits until something is ready.
  struct Waiting {
    var key: LogKey
    var shard: Int
  }

  /// One view with one choice of what is shown, encoded once for all who watch it.
  final class LiveView {
    let key: ViewKey
    /// Set once the encoder knows what came before the head.
    var encoder: ViewEncoder?
    /// Items that came while it was being warmed, each with the cursor after it.
    var missed: [(line: Cursor, item: TailItem)] = []
    var waiting: [Waiting] = []
    /// The wrappings that were ever watched. A list, not a dictionary: there are three at most, mostly one, and every
    /// line goes through here.
    private(set) var wrappings: [Wrapping] = []

    init(key: ViewKey) { self.key = key }

    var isUnused: Bool { waiting.isEmpty && wrappings.allSatisfy(\.shards.isEmpty) }

    /// A loop watches the view under this key from now on.
    func admit(_ waiting: Waiting) {
      if !wrappings.contains(where: { $0.key == waiting.key }) { wrappings.append(Wrapping(waiting.key)) }
      for index in wrappings.indices where wrappings[index].key == waiting.key {
        if !wrappings[index].shards.contains(waiting.shard) { wrappings[index].shards.append(waiting.shard) }
      }
    }

    /// A loop no longer watches it.
    func leave(_ key: LogKey, shard: Int) {
      waiting.removeAll { $0.key == key && $0.shard == shard }
      for index in wrappings.indices where wrappings[index].key == key {
        wrappings[index].shards.removeAll { $0 == shard }
      }
    }
  }

  /// How one view is framed for one transport, and the loops that watch it so.
  struct Wrapping {
    let key: LogKey
    let encoder: FrameEncoder
    var shards: [Int] = []

    init(_ key: LogKey) {
      self.key = key
      encoder = FrameEncoder(variant: key.variant, session: key.session)
    }
  }

  struct ViewKey: Equatable {
    var view: ViewKind
    var include: Include

    init(_ variant: Variant) {
      view = variant.view
      include = variant.include
    }
  }

  let session: String
  /// Nil until the tail has opened the transcript.
  var facts: TopicFacts?
  /// Batches and keys that came before that.
  var pending: [TailBatch] = []
  var waiting: [Waiting] = []
  /// Decodes for every view but `raw`; nil while only `raw` is watched.
  var lines: LineRenderer?
  /// Few: most are watched in one.
  var views: [LiveView] = []

  init(session: String) { self.session = session }

  var isUnused: Bool { waiting.isEmpty && views.allSatisfy(\.isUnused) }

  func view(_ key: ViewKey) -> LiveView? { views.first { $0.key == key } }
}
