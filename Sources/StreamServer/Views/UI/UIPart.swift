import Tail
import Wire

/// One thing in a `ui` stream that has an id of its own; a client resumes between parts, never inside one.
enum UIPart {
  /// All text of a message that is not this agent's: a data part, for the stream itself is one assistant message.
  case speech([JSONSlice])
  case text(index: Int, JSONSlice)
  case reasoning(index: Int, JSONSlice)
  case call(ToolUse)
  case result(ToolResult)
  /// An image or document; `ofTool` if a tool returned it.
  case file(Media, ofTool: Bool)
  /// The error that the agent wrote as the model's text.
  case error([JSONSlice])
  /// An event that is no message.
  case event

  /// The parts of an event, in order; the same for every `include` and whatever came before, as ids count them.
  static func parts(of event: TranscriptEvent) -> [UIPart] {
    switch event {
    case .message(let message): parts(of: message, at: Array(message.blocks.indices))
    case .update(let update):
      parts(of: update.message, at: update.changed.filter(update.message.blocks.indices.contains))
    case .turn, .compaction, .retract, .branch, .damaged: [.event]
    case .subagent, .activity, .meta, .usage, .unknown: []
    }
  }

  private static func parts(of message: Message, at indices: [Int]) -> [UIPart] {
    var parts: [UIPart] = []
    let texts = message.blocks.compactMap { if case .text(let text) = $0 { text } else { nil } }
    var isSpoken = false
    for index in indices {
      switch message.blocks[index] {
      case .text(let text) where message.role == .assistant && message.author == nil:
        parts.append(.text(index: index, text))
      case .text:
        if !isSpoken { parts.append(.speech(texts)) }
        isSpoken = true
      case .thinking(let text): parts.append(.reasoning(index: index, text))
      case .toolUse(let call): parts.append(.call(call))
      case .toolResult(let result):
        parts.append(.result(result))
        for case .media(let media) in result.content { parts.append(.file(media, ofTool: true)) }
      case .media(let media): parts.append(.file(media, ofTool: false))
      }
    }
    if message.isError, !texts.isEmpty, !indices.isEmpty { parts.append(.error(texts)) }
    return parts
  }

  /// Whether `include` wants the part.
  func isShown(_ include: Include) -> Bool {
    switch self {
    case .speech, .text, .error, .file(_, ofTool: false): include.contains(.text)
    case .reasoning: include.contains(.thinking)
    case .call, .result, .file(_, ofTool: true): include.contains(.tools)
    case .event: true
    }
  }
}
