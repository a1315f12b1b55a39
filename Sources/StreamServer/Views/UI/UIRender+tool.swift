import Tail
import Wire

extension UIRender {
  /// Announces a call, or repeats one whose input has changed. An answered call is not announced again: the client
  /// would show it as running.
  mutating func sendCall(_ use: ToolUse, id: FrameID) {
    let known = state.calls.find(use.id)
    if let known, !known.isOpen { return }
    let call = CallBook.Call(
      id: use.id, name: use.name, input: inline(use.input, limit: json.limits.inlineBytes),
      providerExecuted: use.providerExecuted, isOpen: true)
    if known == nil { send(UIChunk.inputStart(call)) }
    send(UIChunk.inputAvailable(call, id: id))
    var kept = call
    kept.input = inline(use.input, limit: json.limits.rememberedInputBytes).detached()
    state.calls.announce(kept)
  }

  /// Sends a result. If the call is not open in this stream (it came before, or has been answered), it is announced
  /// first: the SDK throws on a result without its call.
  mutating func sendResult(_ result: ToolResult, id: FrameID) {
    let known = state.calls.find(result.toolUseID)
    if known?.isOpen != true {
      let call =
        known
        ?? CallBook.Call(
          id: result.toolUseID, name: "unknown", input: ViewJSON.emptyObject,
          providerExecuted: result.providerExecuted, isOpen: true)
      send(UIChunk.inputAvailable(call))
      if known == nil { state.calls.announce(call) }
    }
    state.calls.answer(result.toolUseID)
    let isSeed = json.include.contains(.seed)
    send(result.isError && !isSeed ? outputError(result, id: id) : outputAvailable(result, id: id))
  }

  private func outputAvailable(_ result: ToolResult, id: FrameID) -> Frame {
    UIChunk.frame("tool-output-available", id: id, reserving: 512) { writer in
      writer.field("toolCallId", result.toolUseID)
      writer.key("output")
      json.content(result.content, at: line, into: &writer)
      if json.include.contains(.seed) { return writer.field("isError", result.isError) }
      UIChunk.tool(result.providerExecuted, into: &writer)
    }
  }

  /// The client takes a string only; a long one stops short.
  private func outputError(_ result: ToolResult, id: FrameID) -> Frame {
    let texts = result.content.compactMap { part in
      switch part {
      case .text(let text): text
      case .json(let value): JSONSlice(string: value.description)
      case .media: nil
      }
    }
    let text = JSONSlice.joined(texts)
    return UIChunk.frame("tool-output-error", id: id, reserving: 512) { writer in
      writer.field("toolCallId", result.toolUseID)
      writer.key("errorText")
      writer.raw(bytes: (json.isLarge(text) ? text.excerpt(json.limits.excerptBytes) : text).bytes)
      UIChunk.tool(result.providerExecuted, into: &writer)
    }
  }

  /// A value, or a reference in its place if it is longer than `limit`.
  private func inline(_ value: JSONSlice, limit: Int) -> JSONSlice {
    guard value.utf8Count > limit else { return value }
    var writer = JSONWriter(reserving: 192)
    writer.object { json.reference(to: value, at: line, into: &$0) }
    return JSONSlice(writer.take())
  }
}
