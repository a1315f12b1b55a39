import Tail
import Wire

/// Renders the `events` view: one named frame for each event (STREAMS section 4), and the `agent` view from the same
/// frames. It has no memory.
struct EventsView: Sendable {
  let json: ViewJSON

  /// How many frames of a line carry an id, whatever `include` says.
  static func parts(_ events: [TranscriptEvent]) -> Int {
    events.count { event in
      switch event {
      case .message, .update, .turn, .compaction, .retract, .branch, .damaged: true
      case .subagent, .activity, .meta, .usage, .unknown: false
      }
    }
  }

  func frames(at line: Cursor, events: [TranscriptEvent]) -> [Frame] {
    var numbers = PartNumbers(total: EventsView.parts(events))
    var frames: [Frame] = []
    frames.reserveCapacity(events.count)
    for event in events {
      if let frame = frame(event, at: line, &numbers) { frames.append(frame) }
    }
    return frames
  }

  /// The same for the `agent` view, which has fewer names; what has none there is left out, and its position passes.
  func agentFrames(at line: Cursor, events: [TranscriptEvent]) -> [Frame] {
    var numbers = PartNumbers(total: EventsView.parts(events))
    var frames: [Frame] = []
    for event in events {
      guard var frame = frame(event, at: line, &numbers), let name = Self.agentName(event) else { continue }
      frame.event = name
      frames.append(frame)
    }
    return frames
  }

  private static func agentName(_ event: TranscriptEvent) -> String? {
    switch event {
    case .message: "message"
    case .update, .activity: "partial"
    case .turn(let turn) where turn.state != .started: "result"
    case .damaged: "error"
    default: nil
    }
  }

  private func frame(_ event: TranscriptEvent, at line: Cursor, _ numbers: inout PartNumbers) -> Frame? {
    switch event {
    case .message(let message):
      let id = numbers.next()
      guard json.shows(message) else { return nil }
      return frame("message", id, reserving: json.estimate(message)) { writer in
        json.message(message, id: id.cursor(at: line), into: &writer)
      }
    case .update(let update):
      let id = numbers.next()
      guard !json.visible(update).isEmpty else { return nil }
      return frame("update", id, reserving: json.estimate(update.message)) { writer in
        json.update(update, id: id.cursor(at: line), into: &writer)
      }
    case .turn(let turn):
      return frame("turn", numbers.next()) { json.turn(turn, into: &$0) }
    case .compaction(let compaction):
      return frame("compaction", numbers.next()) { json.compaction(compaction, at: line, into: &$0) }
    case .retract(let retract):
      return frame("retract", numbers.next()) { json.retract(retract, into: &$0) }
    case .branch(let parent):
      return frame("branch", numbers.next()) { json.branch(parent, into: &$0) }
    case .damaged(let damage):
      return frame("damaged", numbers.next()) { json.damage(damage, at: line, into: &$0) }
    default:
      return passing(event, at: line)
    }
  }

  /// Frames without an id: only their latest value counts.
  private func passing(_ event: TranscriptEvent, at line: Cursor) -> Frame? {
    switch event {
    case .subagent(let call, let sessionID):
      frame("subagent", nil) { json.subagent(call: call, sessionID: sessionID, into: &$0) }
    case .activity(let activity) where json.include.contains(.activity):
      frame("activity", nil) { json.activity(activity, at: line, into: &$0) }
    case .meta(let key, let value) where json.include.contains(.meta):
      frame("meta", nil) { json.meta(key, value, at: line, into: &$0) }
    case .usage(let usage) where json.include.contains(.meta):
      frame("meta", nil) { json.meta("usage", usage.json, at: line, into: &$0) }
    default: nil
    }
  }

  private func frame(
    _ event: String, _ id: FrameID?, reserving capacity: Int = 192, _ body: (inout JSONWriter) -> Void
  ) -> Frame {
    var writer = JSONWriter(reserving: capacity)
    body(&writer)
    return Frame(event: event, data: writer.take(), id: id)
  }
}
