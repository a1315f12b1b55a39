import Wire

/// Builds single chunks of a UI message stream. A strict client throws on an unknown key, so each chunk's keys are
/// those that every release of the AI SDK knows.
enum UIChunk {
  /// `{"type": …, …}`
  static func frame(
    _ type: StaticString, id: FrameID? = nil, reserving capacity: Int = 128,
    _ body: (inout JSONWriter) -> Void = { _ in }
  ) -> Frame {
    var writer = JSONWriter(reserving: capacity)
    writer.object { writer in
      writer.key("type")
      writer.value(type.description)
      body(&writer)
    }
    return Frame(data: writer.take(), id: id)
  }

  /// A data part. The client replaces one with the same type and key in place, so a replay of a kept part needs the
  /// key it had; a `transient` one reaches the client's callback only and is never kept.
  static func data(
    _ type: StaticString, key: JSONSlice? = nil, transient: Bool = false, id: FrameID? = nil,
    _ body: (inout JSONWriter) -> Void
  ) -> Frame {
    frame(type, id: id) { writer in
      writer.fieldIfPresent("id", key)
      writer.key("data")
      body(&writer)
      if transient { writer.field("transient", true) }
    }
  }

  static func inputStart(_ call: CallBook.Call) -> Frame {
    frame("tool-input-start") { writer in
      writer.field("toolCallId", call.id)
      writer.field("toolName", call.name)
      tool(call.providerExecuted, into: &writer)
    }
  }

  static func inputAvailable(_ call: CallBook.Call, id: FrameID? = nil) -> Frame {
    frame("tool-input-available", id: id, reserving: 192 + call.input.utf8Count) { writer in
      writer.field("toolCallId", call.id)
      writer.field("toolName", call.name)
      writer.field("input", call.input)
      tool(call.providerExecuted, into: &writer)
    }
  }

  /// The client's types do not know the agents' tools: every tool part is dynamic.
  static func tool(_ providerExecuted: Bool, into writer: inout JSONWriter) {
    writer.field("dynamic", true)
    if providerExecuted { writer.field("providerExecuted", true) }
  }
}
