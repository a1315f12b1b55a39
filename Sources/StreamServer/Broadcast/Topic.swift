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
    /// Set once the encoder knows what came before the head.
    var encoder: ViewEncoder?
    /// Items that came while it was being warmed, each with the cursor after it.
    var missed: [(line: Cursor, item: TailItem)] = []
    var waiting: [Waiting] = []
    /// Which loops watch it in which wrapping.
    var shards: [Transport: Set<Int>] = [:]
    var frames: [Transport: FrameEncoder] = [:]

    var isUnused: Bool { waiting.isEmpty && shards.values.allSatisfy(\.isEmpty) }
  }

  struct ViewKey: Hashable {
    var view: ViewKind
    var include: Include
  }

  let session: String
  /// Nil until the tail has opened the transcript.
  var facts: TopicFacts?
  /// Batches and keys that came before that.
  var pending: [TailBatch] = []
  var waiting: [Waiting] = []
  /// Decodes for every view but `raw`; nil while only `raw` is watched.
  var lines: LineRenderer?
  var views: [ViewKey: LiveView] = [:]

  init(session: String) { self.session = session }

  var isUnused: Bool { waiting.isEmpty && views.values.allSatisfy(\.isUnused) }
}
