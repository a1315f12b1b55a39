import StreamServer
import Wire

/// Writes lines of history as the events that a stream sends of them: `{event, id?, data}`, as on a socket.
struct HistoryEventsJSON {
  private var encoder: ViewEncoder

  init(_ call: Call, session: String) {
    let include = call.text("include").flatMap { Include(parameter: $0) } ?? .standard
    encoder = ViewEncoder(view: .events, include: include, sessionID: session)
  }

  /// Appends to the array that the writer is in.
  mutating func append(_ lines: [HistoryLine], into writer: inout JSONWriter) {
    for line in lines {
      for frame in frames(line) {
        writer.object { writer in
          writer.field("event", frame.event)
          writer.fieldIfPresent("id", frame.id?.cursor(at: line.cursor).description)
          writer.field("data", JSONSlice(frame.data))
        }
      }
    }
  }

  private mutating func frames(_ line: HistoryLine) -> [Frame] {
    guard let part = line.after else {
      return encoder.frames(at: line.cursor, records: line.records, events: line.events)
    }
    return encoder.frames(
      after: part, at: line.cursor, records: line.records, events: line.events, messageID: "")
  }
}
