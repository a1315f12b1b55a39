import Store
import Wire

/// A stretch of text around matches, as plain text and the places of the matches in it.
struct Highlight: Sendable, Hashable {
  /// `title` or `message`.
  var field: String
  /// Plain text: nothing in it is markup.
  var text: String
  /// The matches, in UTF-16 units, which is how browsers count.
  var matches: [Range<Int>]
  /// The message's position.
  var cursor: String?
  /// Who speaks.
  var role: String?
  /// When, milliseconds since 1970.
  var timestampMS: Int64?

  /// Takes the marks U+0002 and U+0003 of the store out of a text.
  init(marked: String, field: String) {
    self.field = field
    var units: [UInt16] = []
    matches = []
    var start: Int?
    for unit in marked.utf16 {
      switch unit {
      case 2: start = units.count
      case 3:
        if let from = start { matches.append(from..<units.count) }
        start = nil
      default: units.append(unit)
      }
    }
    text = String(decoding: units, as: UTF16.self)
  }

  init(_ hit: SearchHit) {
    self.init(marked: hit.snippet, field: "message")
    cursor = hit.cursor
    role = hit.role
    timestampMS = hit.timestampMS
  }

  func write(into writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("field", field)
      writer.field("text", text)
      writer.key("matches")
      writer.array { writer in
        for match in matches {
          writer.array { writer in
            writer.value(match.lowerBound)
            writer.value(match.upperBound)
          }
        }
      }
      writer.fieldIfPresent("cursor", cursor)
      writer.fieldIfPresent("role", role)
      writer.fieldIfPresent("timestamp", timestampMS.map(Timestamp.text))
    }
  }
}
