import Tail
import Wire

/// The frames of a stream that are not of the transcript: what a client is told about the stream itself
/// (STREAMS section 4). In the `ui` view they are data parts, because its parser knows no other events.
enum ControlFrames {
  /// The stream begins here. Not a frame of `ui`: its stream begins with `start`.
  ///
  /// Before a `reset` it has no id: a client that drops between the two comes back with the id it had, and is told again.
  static func hello(
    _ entry: SessionEntry, cursor: Cursor?, isBeforeReset: Bool, server: String, view: ViewKind
  ) -> Frame {
    // With the part, or a client that drops right after it would lose the rest of that line.
    let id: FrameID? = isBeforeReset ? nil : cursor.map { $0.part.map(FrameID.part) ?? .record }
    return frame(view == .agent ? "init" : "hello", id: id) { json in
      json.field("session_id", entry.id)
      json.fieldOrNull("cursor", cursor?.description)
      json.fieldOrNull("epoch", cursor?.epoch.description)
      json.field("status", entry.shownStatus)
      json.field("agent", entry.agent.rawValue)
      json.field("server", server)
    }
  }

  /// History ends here, what follows is live.
  static func caughtUp(_ cursor: Cursor?) -> Frame {
    frame("caught_up", id: cursor == nil ? nil : .record) { $0.fieldOrNull("cursor", cursor?.description) }
  }

  /// The stream does not go on where the client was.
  static func reset(requested: String?, cursor: Cursor, reason: ResetReason, view: ViewKind) -> Frame {
    named(view == .agent ? "error" : "reset", id: .record, view: view) { json in
      if view == .agent { json.field("code", "RESET") }
      json.fieldOrNull("requested", requested)
      json.field("cursor", cursor.description)
      json.field("reason", reason.rawValue)
    }
  }

  /// This client is being served from the file.
  static func lagged(bytes: UInt64) -> Frame {
    frame("lagged") { $0.field("bytes", bytes) }
  }

  /// How the session stands; the `agent` view is told of questions only, `raw` of nothing.
  static func status(_ entry: SessionEntry, view: ViewKind, include: Include) -> [Frame] {
    switch view {
    case .raw: return []
    case .agent where entry.reported?.status != .waitingInput: return []
    case .events, .agent:
      let status = frame(view == .agent ? "question" : "status") { json in
        json.field("status", entry.shownStatus)
        json.fieldIfPresent("activity", entry.reported?.activity)
        json.fieldIfPresent("reason", entry.reason)
        json.field("since", Timestamp(milliseconds: entry.shownSinceMS).iso8601)
        json.field("status_source", entry.statusSource)
      }
      return [status]
    case .ui where include.contains(.seed):
      let status = frame("") { json in
        json.field("type", "data-session-status")
        json.field("sessionId", entry.id)
        json.field("status", entry.shownStatus)
      }
      return [status]
    case .ui:
      let status = data("session-status", id: nil, isTransient: true) { json in
        json.field("sessionId", entry.id)
        json.field("status", entry.shownStatus)
      }
      return [status]
    }
  }

  /// The server ends the stream.
  static func bye(reason: String, retryMS: Int, view: ViewKind = .events) -> Frame {
    frame(view == .agent ? "done" : "bye") { json in
      json.field("reason", reason)
      json.field("retry_ms", retryMS)
    }
  }

  /// The turn is over, and so is the `agent` stream.
  static func done() -> Frame { frame("done") { $0.field("reason", "turn_ended") } }

  private static func named(
    _ name: String, id: FrameID?, view: ViewKind, _ body: (inout JSONWriter) -> Void
  ) -> Frame {
    view == .ui ? data(name, id: id, isTransient: false, body) : frame(name, id: id, body)
  }

  private static func frame(_ event: String, id: FrameID? = nil, _ body: (inout JSONWriter) -> Void) -> Frame
  {
    var writer = JSONWriter()
    writer.object(body)
    return Frame(event: event, data: writer.take(), id: id)
  }

  private static func data(
    _ name: String, id: FrameID?, isTransient: Bool, _ body: (inout JSONWriter) -> Void
  ) -> Frame {
    var writer = JSONWriter()
    writer.object { json in
      json.field("type", "data-" + name)
      json.key("data")
      json.object(body)
      if isTransient { json.field("transient", true) }
    }
    return Frame(data: writer.take(), id: id)
  }
}
