import Tail
import Wire

extension UIRender {
  /// Renders a message or, if `changes` is given, an update of one of which that many blocks were shown. `key` names
  /// the message in the ids of its parts.
  mutating func render(_ message: Message, parts: [UIPart], key: String, changes: Int?) {
    guard !message.hidden || json.include.contains(.hidden) else {
      for _ in parts { part(isShown: false) { _, _ in } }
      return
    }
    for part in parts {
      prepare(for: part, of: message, changes: changes)
      self.part(isShown: part.isShown(json.include)) { render, id in
        render.render(part, of: message, key: key, changes: changes, id: id)
      }
      // Only what comes later looks at this.
      if case .result = part { state.step?.isAnswered = true }
    }
    guard message.role == .assistant else { return }
    if message.uuid != nil || changes != nil { state.shown.note(key, blocks: message.blocks.count) }
    if let usage = message.usage { note(usage: usage) }
  }

  private mutating func render(_ part: UIPart, of message: Message, key: String, changes: Int?, id: FrameID) {
    switch part {
    case .text(let index, let text), .reasoning(let index, let text):
      let isReasoning = if case .reasoning = part { true } else { false }
      if let changes, index < changes {
        sendChange(text, of: key, index: index, isReasoning: isReasoning, id: id)
      } else {
        sendText(text, partID: "\(key):\(index)", isReasoning: isReasoning, id: id)
      }
    case .speech(let texts): sendSpeech(texts, of: message, key: key, id: id)
    case .call(let call): sendCall(call, id: id)
    case .result(let result): sendResult(result, id: id)
    case .file(let media, _):
      send(
        UIChunk.frame("file", id: id, reserving: 256) { writer in
          writer.field("url", json.links.link(line, block: media.index))
          writer.field("mediaType", media.mediaType)
        })
    case .error(let texts): sendError(texts, key: key, id: id)
    case .event: break
    }
  }

  /// Steps are opened and closed whatever `include` shows, so that the state is the same for all.
  private mutating func prepare(for part: UIPart, of message: Message, changes: Int?) {
    switch part {
    case .text(let index, _), .reasoning(let index, _):
      if changes == nil || index >= changes ?? 0 { enterStep(message.step) }
    case .call(let call):
      if state.calls.find(call.id) == nil { enterStep(message.step) }
    case .file(_, ofTool: false):
      if message.role == .assistant { enterStep(message.step) }
    case .speech:
      if message.role == .user, message.author == nil { closeStep() }
    case .result, .file, .error, .event: break
    }
  }

  private mutating func sendText(_ text: JSONSlice, partID: String, isReasoning: Bool, id: FrameID) {
    let large = json.isLarge(text)
    let delta = large ? text.excerpt(json.limits.excerptBytes) : text
    send(UIChunk.frame(isReasoning ? "reasoning-start" : "text-start") { $0.field("id", partID) })
    send(
      UIChunk.frame(isReasoning ? "reasoning-delta" : "text-delta", reserving: 128 + delta.utf8Count) {
        writer in
        writer.field("id", partID)
        writer.key("delta")
        writer.raw(bytes: delta.bytes)
      })
    if large { sendTruncation(text, key: partID) }
    send(UIChunk.frame(isReasoning ? "reasoning-end" : "text-end", id: id) { $0.field("id", partID) })
  }

  /// `data-truncated{bytes, href}` under the part's id: its text stops short.
  private mutating func sendTruncation(_ text: JSONSlice, key: String) {
    send(
      UIChunk.data("data-truncated", key: JSONSlice(string: key)) { writer in
        writer.object { json.reference(to: text, at: line, into: &$0) }
      })
  }

  /// A text part cannot change once it has ended: `data-message-update{uuid, index, type, text, cursor}`.
  private mutating func sendChange(
    _ text: JSONSlice, of key: String, index: Int, isReasoning: Bool, id: FrameID
  ) {
    send(
      UIChunk.data("data-message-update", key: JSONSlice(string: "\(key):\(index)"), id: id) { writer in
        writer.object { writer in
          writer.field("uuid", key)
          writer.field("index", index)
          writer.field("type", isReasoning ? "thinking" : "text")
          json.text("text", text, at: line, into: &writer)
          writer.key("cursor")
          writer.raw(bytes: ViewJSON.quoted(id.cursor(at: line)))
        }
      })
  }

  /// `data-user-message{text, timestamp, cursor}`, or `data-system-message`, or `data-agent-message` with `author`.
  private mutating func sendSpeech(_ texts: [JSONSlice], of message: Message, key: String, id: FrameID) {
    let type: StaticString =
      if message.author != nil { "data-agent-message" } else if message.role == .system {
        "data-system-message"
      } else {
        "data-user-message"
      }
    send(
      UIChunk.data(type, key: JSONSlice(string: key), id: id) { writer in
        writer.object { writer in
          json.text("text", JSONSlice.joined(texts), at: line, into: &writer)
          writer.fieldIfPresent("author", message.author)
          writer.fieldOrNull("timestamp", message.timestamp)
          writer.key("cursor")
          writer.raw(bytes: ViewJSON.quoted(id.cursor(at: line)))
        }
      })
  }

  /// `data-error{text}`. The SDK's own `error` chunk would end the client's turn, and the agent goes on.
  private mutating func sendError(_ texts: [JSONSlice], key: String, id: FrameID) {
    send(
      UIChunk.data("data-error", key: JSONSlice(string: key), id: id) { writer in
        writer.object { json.text("text", JSONSlice.joined(texts), at: line, into: &$0) }
      })
  }
}
