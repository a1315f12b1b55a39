import Tail
import Wire

/// What a transcript says that a user typed, and which messages those rows are. A value.
struct TypedRow: Sendable, Hashable {
  /// The position after its record.
  var cursor: Cursor
  /// What it says.
  var text: PlainText

  /// The rows of a line, in the forms in which agents write what was typed.
  static func rows(of line: HistoryEvents) -> [TypedRow] {
    var rows: [TypedRow] = []
    for case .message(let message) in line.events where message.role == .user && !message.sidechain {
      let text = message.blocks.compactMap(\.typedText).joined(separator: "\n")
      guard !text.isEmpty else { continue }
      rows.append(TypedRow(cursor: line.cursor, text: PlainText(Self.unwrapped(text))))
    }
    return rows
  }

  /// What was typed, without what the agent put around it.
  private static func unwrapped(_ text: String) -> String {
    if let command = tagged("command-name", in: text) {
      return command + " " + (tagged("command-args", in: text) ?? "")
    }
    guard text.contains("<pasted_content id=\"") else { return text }
    // An opening and a closing mark, both on lines of their own and with the same id.
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.filter { line in
      !(line.hasPrefix("<pasted_content id=\"") || line.hasPrefix("</pasted_content id=\""))
        || !line.hasSuffix("\">")
    }.joined(separator: "\n")
  }

  private static func tagged(_ tag: String, in text: String) -> String? {
    guard let open = text.firstRange(of: "<\(tag)>"),
      let close = text[open.upperBound...].firstRange(of: "</\(tag)>")
    else { return nil }
    return String(text[open.upperBound..<close.lowerBound])
  }
}

/// Events of one line and where it ends.
struct HistoryEvents: Sendable {
  var cursor: Cursor
  var events: [TranscriptEvent]
}

/// Finds messages among rows: each row is one message or several that the agent took together, no row is two.
enum RowMatcher {
  /// - Parameter wanted: what was typed and not yet seen, oldest first.
  /// - Returns: for each message that was found, its place in `wanted` and its row's cursor.
  static func match(_ rows: [TypedRow], wanted: [PlainText]) -> [(index: Int, cursor: Cursor)] {
    var found: [(index: Int, cursor: Cursor)] = []
    var open = Array(wanted.indices)
    for row in rows {
      guard let (first, count) = stretch(of: row.text, in: open.map { wanted[$0] }) else { continue }
      for place in first..<(first + count) { found.append((open[place], row.cursor)) }
      open.removeSubrange(first..<(first + count))
    }
    return found
  }

  /// The first stretch of messages that together are the row.
  private static func stretch(of row: PlainText, in wanted: [PlainText]) -> (first: Int, count: Int)? {
    for first in wanted.indices {
      var length = 0
      for last in first..<wanted.count {
        let next = wanted[last].bytes
        guard length + next.count <= row.bytes.count,
          row.bytes[length..<(length + next.count)].elementsEqual(next)
        else { break }
        length += next.count
        if length == row.bytes.count, !row.bytes.isEmpty { return (first, last - first + 1) }
      }
    }
    return nil
  }
}

extension Block {
  /// A text as it was said.
  fileprivate var typedText: String? {
    if case .text(let text) = self { return text.string }
    return nil
  }
}
