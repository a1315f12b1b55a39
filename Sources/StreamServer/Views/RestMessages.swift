import Tail
import Wire

/// Writes the messages of `GET /sessions/{id}/messages` (STREAMS section 7): the objects that the `events` view sends,
/// with the same ids. A compaction, which that view sends as an event of its own, is a system message here.
public struct RestMessages: Sendable {
  private let json: ViewJSON

  /// A writer for one session; `sessionID` stands in the addresses of images and large values.
  public init(include: Include, sessionID: String, limits: ViewLimits = ViewLimits()) {
    json = ViewJSON(include: include, sessionID: sessionID, limits: limits)
  }

  /// Appends the messages of the line that ends at `line`, those behind its part `after` if it is given, to the array
  /// that `writer` is in, and returns how many.
  public func append(
    _ events: [TranscriptEvent], at line: Cursor, after: Int? = nil, into writer: inout JSONWriter
  ) -> Int {
    var numbers = PartNumbers(total: EventsView.parts(events))
    var count = 0
    for event in events {
      switch event {
      case .message(let message):
        let id = numbers.next().cursor(at: line)
        guard isNew(id, after), json.shows(message) else { continue }
        json.message(message, id: id, into: &writer)
        count += 1
      case .compaction(let compaction):
        let id = numbers.next().cursor(at: line)
        guard isNew(id, after) else { continue }
        self.compaction(compaction, id: id, into: &writer)
        count += 1
      case .update, .turn, .retract, .branch, .damaged: _ = numbers.next()
      case .subagent, .activity, .meta, .usage, .unknown: break
      }
    }
    return count
  }

  private func isNew(_ id: Cursor, _ after: Int?) -> Bool {
    guard let after, let part = id.part else { return true }
    return part > after
  }

  private func compaction(_ compaction: Compaction, id: Cursor, into writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("id")
      writer.raw(bytes: ViewJSON.quoted(id))
      writer.field("role", "system")
      writer.key("blocks")
      writer.array { writer in
        writer.object { writer in
          writer.field("type", "compaction")
          if let summary = compaction.summary { json.text("summary", summary, at: id, into: &writer) }
        }
      }
    }
  }
}
