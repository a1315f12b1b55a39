import Tail
import Wire

/// Writes the rows of TeleClaude's `GET /sessions/{id}/messages` (TRANSCRIPTS 12.1):
/// `{role, type, text, timestamp, entry_index, file_index}`.
public struct TeleClaudeRows: Sendable {
  private let includesTools: Bool
  private let includesThinking: Bool

  /// A writer; `include_tools` and `include_thinking` of the query decide which rows there are besides text.
  public init(includesTools: Bool, includesThinking: Bool) {
    self.includesTools = includesTools
    self.includesThinking = includesThinking
  }

  /// Appends the rows of one record to the array that `writer` is in, and returns how many.
  ///
  /// `entryIndex` is the record's number in its file, from 0, `fileIndex` the file's in the chain, the oldest is 0.
  public func append(
    _ events: [TranscriptEvent], entryIndex: Int, fileIndex: Int, into writer: inout JSONWriter
  ) -> Int {
    let rows = events.flatMap(rows)
    for row in rows {
      writer.object { writer in
        writer.field("role", row.role)
        writer.field("type", row.type)
        writer.field("text", row.text)
        writer.fieldOrNull("timestamp", row.timestamp)
        writer.field("entry_index", entryIndex)
        writer.field("file_index", fileIndex)
      }
    }
    return rows.count
  }

  private struct Row {
    var role: String
    var type: String
    var text: JSONSlice
    var timestamp: String?
  }

  private func rows(_ event: TranscriptEvent) -> [Row] {
    switch event {
    case .message(let message) where !message.hidden:
      message.blocks.compactMap { row($0, of: message) }.filter { !$0.text.isBlankString }
    case .compaction: [Row(role: "system", type: "compaction", text: TeleClaudeRows.compacted)]
    default: []
    }
  }

  /// Images have no row. Results have the role of the model, whose call they answer.
  private func row(_ block: Block, of message: Message) -> Row? {
    let role = message.role.rawValue
    switch block {
    case .text(let text):
      return Row(role: role, type: "text", text: text, timestamp: message.timestamp)
    case .thinking(let text) where includesThinking:
      return Row(role: role, type: "thinking", text: text, timestamp: message.timestamp)
    case .toolUse(let call) where includesTools:
      let text = JSONSlice(string: "\(call.name): \(call.input)")
      return Row(role: role, type: "tool_use", text: text, timestamp: message.timestamp)
    case .toolResult(let result) where includesTools:
      return Row(role: "assistant", type: "tool_result", text: text(result), timestamp: message.timestamp)
    default: return nil
    }
  }

  private func text(_ result: ToolResult) -> JSONSlice {
    .joined(
      result.content.compactMap { part in
        switch part {
        case .text(let text): text
        case .json(let value): JSONSlice(string: value.description)
        case .media: nil
        }
      })
  }

  private static let compacted = JSONSlice(string: "Context compacted")
}
