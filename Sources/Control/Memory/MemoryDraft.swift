import Store
import StreamServer
import Wire

/// What a client asks to have remembered, checked. A value made of the body of `POST memory/save`.
struct MemoryDraft: Sendable {
  /// Most characters of the text.
  static let textLimit = 100_000
  /// Most characters of a title.
  static let titleLimit = 200
  /// The project of what names neither a project nor a session.
  static let defaultProject = "default"

  var text: String
  var title: String
  var project: String?
  var type: String
  var concepts: [String]
  var facts: [String]
  var tags: [String]
  var identityKey: String?
  var sessionID: String?
  var record: String?

  init(_ body: Body) throws(Problem) {
    text = try body.requiredText("text", "content", maximum: Self.textLimit)
    let given = try body.text("title", maximum: Self.titleLimit)
    title = given.flatMap { $0.isBlank ? nil : $0 } ?? Self.title(of: text)
    project = try body.text("project", maximum: 4096).flatMap { $0.isBlank ? nil : $0 }
    type = try body.choice("type", of: Memory.types) ?? "discovery"
    concepts = try body.texts("concepts", most: 64, maximum: 200) ?? []
    facts = try body.texts("facts", most: 128, maximum: 4000) ?? []
    tags = try body.texts("tags", most: 32, maximum: 64) ?? []
    identityKey = try body.text("identity_key", maximum: 256).flatMap { $0.isBlank ? nil : $0 }
    sessionID = try body.id("session_id")
    record = try body.text("record", maximum: 256)
  }

  /// The first sentence of a text, as one line, at most 80 characters of it.
  static func title(of text: String) -> String {
    var title: [Unicode.Scalar] = []
    var scalars = text.unicodeScalars.drop { $0.properties.isWhitespace || $0 == "#" }
    while let scalar = scalars.popFirst() {
      if scalar.properties.isWhitespace {
        if scalar == "\n" || scalar == "\r" { break }
        if let last = title.last, ".!?".unicodeScalars.contains(last) { break }
        if title.last != " " { title.append(" ") }
      } else if scalar.properties.generalCategory != .control {
        title.append(scalar)
      }
      if title.count > 80 { break }
    }
    if title.count > 80 {
      title.removeLast(title.count - 79)
      title.append("…")
    }
    while title.last == " " { title.removeLast() }
    return String(String.UnicodeScalarView(title))
  }

  /// What makes two memories of a project the same.
  var hash: [UInt8] { Digest.sha256(Array(text.utf8)) }

  /// Stores it, or finds the memory that says the same.
  func save(in database: Database, project: String, nowMS: Int64) throws(StoreError) -> (Memory, isNew: Bool)
  {
    let known = try database.first(
      """
      SELECT \(Memory.columns) FROM memories m
      WHERE m.project = ? AND coalesce(m.identity_key, '') = ? AND m.hash = ?
      """, project, identityKey ?? "", hash, row: Memory.init)
    if let known { return (known, false) }
    let memory = Memory(
      id: 0, project: project, type: type, title: title, text: text, concepts: JSONSlice(texts: concepts),
      facts: JSONSlice(texts: facts), tags: JSONSlice(texts: tags), identityKey: identityKey,
      sessionID: sessionID, record: record, createdMS: nowMS)
    try database.run(
      """
      INSERT INTO memories(project, type, title, text, concepts, facts, tags, identity_key, session_id, record,
        hash, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, project, type, title, text, memory.concepts.description, memory.facts.description,
      memory.tags.description, identityKey, sessionID, record, hash, nowMS)
    var stored = memory
    stored.id = database.lastInsertRowID
    return (stored, true)
  }
}

extension JSONSlice {
  /// A JSON array of texts.
  init(texts: [String]) {
    var writer = JSONWriter()
    writer.array { writer in for text in texts { writer.value(text) } }
    self.init(writer.take())
  }
}
