import Tail
import Wire

extension ViewJSON {
  /// The members of one block, without the braces: an update adds `index` to them.
  func block(_ block: Block, at cursor: Cursor, into writer: inout JSONWriter) {
    switch block {
    case .text(let text):
      writer.field("type", "text")
      self.text("text", text, at: cursor, into: &writer)
    case .thinking(let text):
      writer.field("type", "thinking")
      self.text("text", text, at: cursor, into: &writer)
    case .toolUse(let call):
      toolUse(call, at: cursor, into: &writer)
    case .toolResult(let result):
      toolResult(result, at: cursor, into: &writer)
    case .media(let media):
      self.media(media, at: cursor, into: &writer)
    }
  }

  /// `content` as a value: a string for one inline text, an array of parts for anything else.
  func content(_ parts: [ResultPart], at cursor: Cursor, into writer: inout JSONWriter) {
    if parts.isEmpty { return writer.value("") }
    if parts.count == 1, case .text(let text) = parts[0], !isLarge(text) {
      return writer.raw(bytes: text.bytes)
    }
    writer.array { writer in
      for part in parts { resultPart(part, at: cursor, into: &writer) }
    }
  }

  private func toolUse(_ call: ToolUse, at cursor: Cursor, into writer: inout JSONWriter) {
    writer.field("type", "tool_use")
    writer.field("id", call.id)
    writer.field("name", call.name)
    if isLarge(call.input) {
      writer.field("input", ViewJSON.emptyObject)
      reference(to: call.input, at: cursor, into: &writer)
    } else {
      writer.field("input", call.input)
    }
  }

  private func toolResult(_ result: ToolResult, at cursor: Cursor, into writer: inout JSONWriter) {
    writer.field("type", "tool_result")
    writer.field("tool_use_id", result.toolUseID)
    if result.content.count == 1, case .text(let text) = result.content[0] {
      self.text("content", text, at: cursor, into: &writer)
    } else {
      writer.key("content")
      content(result.content, at: cursor, into: &writer)
    }
    writer.field("is_error", result.isError)
  }

  private func resultPart(_ part: ResultPart, at cursor: Cursor, into writer: inout JSONWriter) {
    switch part {
    case .text(let text):
      writer.object { writer in
        writer.field("type", "text")
        self.text("text", text, at: cursor, into: &writer)
      }
    case .media(let media):
      writer.object { self.media(media, at: cursor, into: &$0) }
    case .json(let value) where isLarge(value):
      writer.object { writer in
        writer.field("type", "json")
        reference(to: value, at: cursor, into: &writer)
      }
    case .json(let value):
      writer.raw(value)
    }
  }

  private func media(_ media: Media, at cursor: Cursor, into writer: inout JSONWriter) {
    writer.field("type", media.kind)
    writer.field("media_type", media.mediaType)
    writer.field("bytes", media.encodedBytes)
    writer.field("href", links.link(cursor, block: media.index))
  }

  static let emptyObject = JSONSlice(Array("{}".utf8))
}
