import Wire

/// Writes the JSON of messages and other events (STREAMS sections 4 and 7) of one session: the one encoder of the
/// `events` view and of REST.
///
/// Strings of the transcript are copied as the JSON they are, never decoded.
struct ViewJSON: Sendable {
  let include: Include
  let links: RecordLinks
  let limits: ViewLimits

  init(include: Include, sessionID: String, limits: ViewLimits) {
    self.include = include
    self.links = RecordLinks(sessionID: sessionID)
    self.limits = limits
  }

  /// `key`: the text, or for one over `inlineBytes` its beginning and `truncated`, `bytes`, `href` beside it.
  func text(_ key: StaticString, _ text: JSONSlice, at cursor: Cursor, into writer: inout JSONWriter) {
    writer.key(key)
    guard isLarge(text) else { return writer.raw(bytes: text.bytes) }
    writer.raw(bytes: text.excerpt(limits.excerptBytes).bytes)
    reference(to: text, at: cursor, into: &writer)
  }

  /// `truncated`, `bytes`, `href`: where to find what is not here.
  func reference(to value: JSONSlice, at cursor: Cursor, into writer: inout JSONWriter) {
    writer.field("truncated", true)
    writer.field("bytes", value.utf8Count)
    writer.field("href", links.link(cursor))
  }

  func isLarge(_ value: JSONSlice) -> Bool {
    value.utf8Count > limits.inlineBytes
  }

  /// A position as a JSON string.
  static func quoted(_ cursor: Cursor) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(40)
    text.append(UInt8(ascii: "\""))
    cursor.append(to: &text)
    text.append(UInt8(ascii: "\""))
    return text
  }
}
