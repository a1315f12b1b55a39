import Tail
import Wire

extension UIRender {
  /// Renders one event; `index` is its place among those of the line.
  mutating func render(_ event: TranscriptEvent, parts: [UIPart], index: Int) {
    switch event {
    case .message(let message):
      render(message, parts: parts, key: message.uuid ?? place(index), changes: nil)
    case .update(let update):
      render(
        update.message, parts: parts, key: update.uuid, changes: state.shown.blocks(of: update.uuid) ?? .max)
    case .turn(let turn): render(turn)
    case .usage(let usage): note(usage: usage.json)
    case .compaction(let compaction): render(compaction)
    case .retract(let retract): sendData("data-retract", payload { json.retract(retract, into: &$0) })
    case .branch(let parent): sendData("data-branch", payload { json.branch(parent, into: &$0) })
    case .damaged(let damage): sendData("data-damaged", payload { json.damage(damage, at: line, into: &$0) })
    case .subagent(let call, let sessionID): renderSubagent(call, sessionID)
    case .activity(let activity) where json.include.contains(.activity):
      send(UIChunk.data("data-activity", transient: true) { json.activity(activity, at: line, into: &$0) })
    case .meta(let key, let value) where json.include.contains(.meta):
      send(UIChunk.data("data-meta", transient: true) { json.meta(key, value, at: line, into: &$0) })
    case .activity, .meta, .unknown: break
    }
  }

  /// Sends a data part that is kept by the client and has a position.
  private mutating func sendData(_ type: StaticString, _ payload: [UInt8]) {
    part(isShown: true) { render, id in
      let key = JSONSlice(ViewJSON.quoted(id.cursor(at: render.line)))
      render.send(UIChunk.data(type, key: key, id: id) { $0.raw(bytes: payload) })
    }
  }

  private func payload(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter(reserving: 192)
    body(&writer)
    return writer.take()
  }

  private mutating func render(_ turn: Turn) {
    if turn.state != .started {
      closeStep()
      state.calls.settle()
    }
    let data = payload { writer in
      writer.object { writer in
        writer.field("state", turn.state.rawValue)
        writer.fieldIfPresent("reason", turn.reason)
        writer.fieldIfPresent("durationMs", turn.durationMS)
      }
    }
    sendData("data-turn", data)
  }

  private mutating func render(_ compaction: Compaction) {
    let data = payload { writer in
      writer.object { writer in
        writer.fieldOrNull("trigger", compaction.trigger)
        writer.fieldIfPresent("preTokens", compaction.preTokens)
        if let summary = compaction.summary { json.text("summary", summary, at: line, into: &writer) }
      }
    }
    sendData("data-compaction", data)
  }

  private mutating func renderSubagent(_ call: String?, _ sessionID: String) {
    send(
      UIChunk.data("data-subagent", key: JSONSlice(string: sessionID)) { writer in
        writer.object { writer in
          writer.fieldIfPresent("toolCallId", call)
          writer.field("sessionId", sessionID)
        }
      })
  }

  /// Stands in for a uuid: the position of the line, and of the event in it.
  private func place(_ index: Int) -> String {
    index == 0 ? line.description : "\(line)/\(index)"
  }
}
