import Tail
import Wire

/// What one turn brings for one view, framed for each wrapping that is watched. A value of one call.
struct LiveOutput {
  struct Encoded {
    var bytes: [UInt8] = []
    var marks: [ByteLog.Mark] = []
    var restart: LogAppend.Restart?
  }

  let key: Topic.ViewKey
  let view: Topic.LiveView
  private(set) var encoded: [Transport: Encoded] = [:]

  init(key: Topic.ViewKey, view: Topic.LiveView) {
    self.key = key
    self.view = view
    for (transport, shards) in view.shards where !shards.isEmpty { encoded[transport] = Encoded() }
  }

  /// Adds the frames of one line.
  mutating func add(_ frames: [Frame], at line: Cursor, endsTurn: Bool) {
    let isStepOpen = view.encoder?.hasOpenStep ?? false
    guard !frames.isEmpty || endsTurn else { return }
    for transport in encoded.keys {
      guard let encoder = view.frames[transport] else { continue }
      var target = encoded.removeValue(forKey: transport) ?? Encoded()
      for frame in frames { encoder.append(frame, line: line, into: &target.bytes) }
      target.marks.append(
        ByteLog.Mark(
          offset: line.offset, position: UInt64(target.bytes.count), endsTurn: endsTurn,
          isStepOpen: isStepOpen))
      encoded[transport] = target
    }
  }

  /// What was added so far is the `reset` of a new content.
  mutating func endReset(_ reason: RestartReason) {
    for transport in encoded.keys {
      let end = encoded[transport]?.bytes.count ?? 0
      encoded[transport]?.restart = LogAppend.Restart(reason: reason, frameEnd: end)
    }
  }
}
