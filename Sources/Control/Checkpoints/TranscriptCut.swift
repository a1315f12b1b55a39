import StreamServer
import Tail
import Wire

/// Finds where a Claude Code transcript is to be cut so that the conversation goes on before a message of its user, or
/// after one of its agent. A value; it is fed the file's lines in order.
///
/// Rows form a tree, and what was typed after a rewind hangs on an older row than the one before it in the file. So the
/// cut is after the row that the message hangs on, wherever that stands.
struct TranscriptCut {
  /// Where the file ends for the new conversation.
  enum Place: Sendable, Hashable {
    /// After this byte.
    case after(UInt64)
    /// The message is the first one: nothing stands before it.
    case beginning
    /// The message is no user's and no agent's.
    case noMessage
  }

  private let wanted: String
  private var ends: [String: UInt64] = [:]

  /// - Parameter wanted: the `uuid` of the message.
  init(_ wanted: String) {
    self.wanted = wanted
  }

  private static let keys = JSONKeys(["uuid", "parentUuid", "type"])

  /// Takes the next line; not nil when it is the message.
  mutating func read(_ row: JSONSlice, endingAt end: UInt64) -> Place? {
    let found = row.members(Self.keys)
    guard let uuid = found[0]?.string else { return nil }
    guard uuid == wanted else {
      ends[uuid] = end
      return nil
    }
    switch found[2]?.string {
    case "assistant": return .after(end)
    case "user": return found[1]?.string.flatMap { ends[$0] }.map { .after($0) } ?? .beginning
    default: return .noMessage
    }
  }

  /// A line as it stands in the transcript of another session.
  static func line(_ line: [UInt8], of session: String) -> [UInt8] {
    guard let row = JSONSlice(validating: line), let old = row["sessionId"], old.kind == .string else {
      return line
    }
    let range = old.bytes.startIndex..<old.bytes.endIndex
    return Array(line[..<range.lowerBound]) + JSONSlice(string: session).bytes + line[range.upperBound...]
  }
}
