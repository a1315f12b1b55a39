import Tail
import Wire

extension ViewJSON {
  /// `{id, uuid, blocks}`: the blocks that changed, each with its `index` in the message.
  func update(_ update: MessageUpdate, id: Cursor, into writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("id")
      writer.raw(bytes: ViewJSON.quoted(id))
      writer.field("uuid", update.uuid)
      writer.key("blocks")
      writer.array { writer in
        for index in visible(update) {
          writer.object { writer in
            writer.field("index", index)
            block(update.message.blocks[index], at: id, into: &writer)
          }
        }
      }
    }
  }

  /// The changed blocks that `include` wants.
  func visible(_ update: MessageUpdate) -> [Int] {
    if update.message.hidden && !include.contains(.hidden) { return [] }
    let blocks = update.message.blocks
    return update.changed.filter { blocks.indices.contains($0) && shows(blocks[$0]) }
  }

  /// `{state, reason?, duration_ms?, usage?}`
  func turn(_ turn: Turn, into writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("state", turn.state.rawValue)
      writer.fieldIfPresent("reason", turn.reason)
      writer.fieldIfPresent("duration_ms", turn.durationMS)
      writer.fieldIfPresent("usage", turn.usage)
    }
  }

  /// `{trigger, pre_tokens?, summary?}`; a trigger that the record does not tell is null.
  func compaction(_ compaction: Compaction, at cursor: Cursor, into writer: inout JSONWriter) {
    writer.object { writer in
      writer.fieldOrNull("trigger", compaction.trigger)
      writer.fieldIfPresent("pre_tokens", compaction.preTokens)
      if let summary = compaction.summary { text("summary", summary, at: cursor, into: &writer) }
    }
  }

  /// `{from, count?}`; without `from` the last `count` turns are meant.
  func retract(_ retract: Retract, into writer: inout JSONWriter) {
    writer.object { writer in
      writer.fieldOrNull("from", retract.from)
      writer.fieldIfPresent("count", retract.turns)
    }
  }

  /// `{parent}`
  func branch(_ parent: String, into writer: inout JSONWriter) {
    writer.object { $0.field("parent", parent) }
  }

  /// `{length, reason, recovered, href}`
  func damage(_ damage: Damage, at cursor: Cursor, into writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("length", damage.length)
      writer.field("reason", damage.reason.rawValue)
      writer.field("recovered", damage.recovered)
      writer.field("href", links.link(cursor))
    }
  }

  /// `{call?, kind, text}`
  func activity(_ activity: Activity, at cursor: Cursor, into writer: inout JSONWriter) {
    writer.object { writer in
      writer.fieldIfPresent("call", activity.call)
      writer.field("kind", activity.kind)
      text("text", activity.text, at: cursor, into: &writer)
    }
  }

  /// `{key, value}`; a value over `inlineBytes` is null and passed by reference.
  func meta(_ key: String, _ value: JSONSlice, at cursor: Cursor, into writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("key", key)
      writer.field("value", isLarge(value) ? .null : value)
      if isLarge(value) { reference(to: value, at: cursor, into: &writer) }
    }
  }

  /// `{call?, session_id}`: the call is told once the transcript that made it says so.
  func subagent(call: String?, sessionID: String, into writer: inout JSONWriter) {
    writer.object { writer in
      writer.fieldIfPresent("call", call)
      writer.field("session_id", sessionID)
    }
  }
}
