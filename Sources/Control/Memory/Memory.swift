import Store
import Wire

/// One thing that is remembered: what a client said, when, and where it was learned. A value.
struct Memory: Sendable {
  /// What a memory can be (API section 4).
  static let types = [
    "preference", "decision", "discovery", "gotcha", "pattern", "friction", "context",
  ]

  var id: Int64
  var project: String
  var type: String
  var title: String
  var text: String
  /// JSON arrays of texts.
  var concepts: JSONSlice
  var facts: JSONSlice
  var tags: JSONSlice
  /// Whose memory it is; nil for everybody's.
  var identityKey: String?
  /// The session in which it was learned, and the record of its transcript.
  var sessionID: String?
  var record: String?
  /// Milliseconds since 1970.
  var createdMS: Int64

  /// The object of the API. `narrative` is TeleClaude's name of the text.
  func write(into writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("id", id)
      writer.field("project", project)
      writer.field("type", type)
      writer.field("title", title)
      writer.field("text", text)
      writer.field("narrative", text)
      writer.field("concepts", concepts)
      writer.field("facts", facts)
      writer.field("tags", tags)
      writer.fieldOrNull("identity_key", identityKey)
      writer.fieldOrNull("session_id", sessionID)
      writer.fieldOrNull("record", record)
      writer.field("created_at", Timestamp.text(createdMS))
    }
  }
}

extension Memory {
  static let columns =
    "m.id, m.project, m.type, m.title, m.text, m.concepts, m.facts, m.tags, m.identity_key, m.session_id, "
    + "m.record, m.created_ms"

  init(_ row: Statement) {
    self.init(
      id: row.int64(0), project: row.text(1), type: row.text(2), title: row.text(3), text: row.text(4),
      concepts: JSONSlice(Array(row.text(5).utf8)), facts: JSONSlice(Array(row.text(6).utf8)),
      tags: JSONSlice(Array(row.text(7).utf8)), identityKey: row.optionalText(8),
      sessionID: row.optionalText(9), record: row.optionalText(10), createdMS: row.int64(11))
  }
}
