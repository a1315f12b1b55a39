import StreamServer
import Tail
import Wire

/// Writes lines of history in the shape of the mount that asks.
struct MessagesJSON {
  private let canonical: RestMessages
  private let teleclaude: TeleClaudeRows?
  /// The epochs of the chain's files, oldest first.
  private let files: [Epoch]

  /// - Parameter showsAll: whether tools and reasoning are shown without being asked for.
  init(_ call: Call, _ facts: TopicFacts?, session: String, showsAll: Bool = false) {
    files = facts?.chain.compactMap(\.epoch) ?? []
    let tools = showsAll || call.flag("include_tools") == true
    let thinking = showsAll || call.flag("include_thinking") == true
    var include: Include = .text
    if tools { include.insert(.tools) }
    if thinking { include.insert(.thinking) }
    canonical = RestMessages(include: include, sessionID: session)
    teleclaude =
      call.mount == .root ? TeleClaudeRows(includesTools: tools, includesThinking: thinking) : nil
  }

  /// Appends to the array that the writer is in.
  func append(_ lines: [HistoryLine], into writer: inout JSONWriter) {
    for line in lines {
      if let teleclaude {
        // A number that grows with the place in the file, and that a page knows without reading what is before it.
        let place = Int(clamping: line.cursor.offset)
        let file = files.firstIndex(of: line.cursor.epoch) ?? 0
        _ = teleclaude.append(line.events, entryIndex: place, fileIndex: file, into: &writer)
      } else {
        _ = canonical.append(line.events, at: line.cursor, after: line.after, into: &writer)
      }
    }
  }
}

/// Writes checkpoints: the places where a user spoke (API section 2).
enum CheckpointsJSON {
  /// Characters of a checkpoint's title.
  static let titleLimit = 120

  /// The array.
  static func write(_ lines: [HistoryLine], into writer: inout JSONWriter) {
    writer.array { writer in
      for line in lines {
        for case .message(let message) in line.events where message.role == .user && !message.hidden {
          guard let text = message.blocks.lazy.compactMap(\.text).first else { continue }
          writer.object { writer in
            writer.field("id", line.cursor.description)
            writer.fieldOrNull("message_uuid", message.uuid)
            writer.fieldOrNull("created_at", message.timestamp)
            writer.field("title", String((text.string ?? "").prefix(titleLimit)))
          }
        }
      }
    }
  }
}

extension Block {
  /// The JSON string of a text.
  fileprivate var text: JSONSlice? {
    if case .text(let text) = self { return text }
    return nil
  }
}
