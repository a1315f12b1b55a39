import Reactor
import Tail
import Wire

/// Which byte log something is for.
struct LogKey: Hashable, Sendable {
  var session: String
  var variant: Variant
}

/// What the broadcaster posts to a shard: the frames of one turn for one log, framed and ready to send.
struct LogAppend: Sendable {
  var key: LogKey
  /// The frames.
  var bytes: [UInt8]
  /// Positions in `bytes`, counted from its beginning.
  var marks: [ByteLog.Mark]
  /// Where the transcript stands after them.
  var facts: TopicFacts
  /// When it was read from the file.
  var readAt: Instant
  /// Set when the content starts over: `bytes` then begins with the `reset` frame, which ends at this count.
  var restart: Restart?
  /// True when the content goes on in the next file of the chain: nothing is said of it, but positions begin anew.
  var continues = false

  /// A new content.
  struct Restart: Sendable {
    var reason: RestartReason
    /// Bytes of the reset frame at the beginning of `bytes`.
    var frameEnd: Int
  }
}
