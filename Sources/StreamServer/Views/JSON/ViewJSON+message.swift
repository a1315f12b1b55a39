import Tail
import Wire

extension ViewJSON {
  /// Whether anything of the message is left to show.
  func shows(_ message: Message) -> Bool {
    (!message.hidden || include.contains(.hidden)) && message.blocks.contains(where: shows)
  }

  /// Whether `include` wants the block.
  func shows(_ block: Block) -> Bool {
    switch block {
    case .text, .media: include.contains(.text)
    case .thinking: include.contains(.thinking)
    case .toolUse, .toolResult: include.contains(.tools)
    }
  }

  /// `{id, uuid?, role, blocks, timestamp?, model?, usage?, parent?, author?, phase?, sidechain?, hidden?, queued?,
  /// is_error?}`
  func message(_ message: Message, id: Cursor, into writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("id")
      writer.raw(bytes: ViewJSON.quoted(id))
      writer.fieldIfPresent("uuid", message.uuid)
      writer.field("role", message.role.rawValue)
      writer.key("blocks")
      writer.array { writer in
        for block in message.blocks where shows(block) {
          writer.object { self.block(block, at: id, into: &$0) }
        }
      }
      writer.fieldIfPresent("timestamp", message.timestamp)
      writer.fieldIfPresent("model", message.model)
      writer.fieldIfPresent("usage", message.usage)
      writer.fieldIfPresent("parent", message.parent)
      writer.fieldIfPresent("author", message.author)
      writer.fieldIfPresent("phase", message.phase)
      if message.sidechain { writer.field("sidechain", true) }
      if message.hidden { writer.field("hidden", true) }
      if message.queued { writer.field("queued", true) }
      if message.isError { writer.field("is_error", true) }
    }
  }

  /// About the length of a message's JSON, so that its buffer grows once: what is large is not copied.
  func estimate(_ message: Message) -> Int {
    message.blocks.reduce(256) { sum, block in
      switch block {
      case .text(let text), .thinking(let text): sum + 64 + min(text.utf8Count, limits.inlineBytes)
      case .toolUse(let call): sum + 128 + min(call.input.utf8Count, limits.inlineBytes)
      case .toolResult(let result):
        result.content.reduce(sum + 128) { sum, part in
          switch part {
          case .text(let value), .json(let value): sum + 64 + min(value.utf8Count, limits.inlineBytes)
          case .media: sum + 192
          }
        }
      case .media: sum + 192
      }
    }
  }
}
