import Tail
import Wire

/// What one turn brings for one view, framed for each wrapping that is watched. A value of one call.
struct LiveOutput {
  /// The frames in one wrapping.
  struct Encoded {
    let wrapping: Topic.Wrapping
    var bytes: [UInt8] = []
    var marks: [ByteLog.Mark] = []
    var restart: LogAppend.Restart?
  }

  let view: Topic.LiveView
  private(set) var encoded: [Encoded] = []
  /// The lines are the first of the next file of a chain.
  var continues = false

  /// - Parameter room: bytes of transcript that will be added, as far as that is known.
  init(_ view: Topic.LiveView, room: Int = 0) {
    self.view = view
    for wrapping in view.wrappings where !wrapping.shards.isEmpty {
      var output = Encoded(wrapping: wrapping)
      output.bytes.reserveCapacity(room)
      encoded.append(output)
    }
  }

  /// Adds the frames of one line.
  mutating func add(_ frames: [Frame], at line: Cursor, endsTurn: Bool) {
    guard !frames.isEmpty || endsTurn else { return }
    let isStepOpen = view.encoder?.hasOpenStep ?? false
    for index in encoded.indices {
      for frame in frames {
        encoded[index].wrapping.encoder.append(frame, line: line, into: &encoded[index].bytes)
      }
      encoded[index].marks.append(
        ByteLog.Mark(
          offset: line.offset, position: UInt64(encoded[index].bytes.count), endsTurn: endsTurn,
          isStepOpen: isStepOpen))
    }
  }

  /// What was added so far is the `reset` of a new content.
  mutating func endReset(_ reason: RestartReason) {
    for index in encoded.indices {
      encoded[index].restart = LogAppend.Restart(reason: reason, frameEnd: encoded[index].bytes.count)
    }
  }
}
