import Store
import Wire

/// One thing of a kind, with the values of its fields. A value: one row.
struct Entity: Sendable {
  var id: String
  var kind: EntityKind
  /// By the names of the kind's fields; absent ones are null to clients.
  var values: [String: JSONSlice]
  /// Milliseconds since 1970.
  var createdMS: Int64
  var updatedMS: Int64

  /// Things of each kind at once, and tokens under which things are shared, by their hash.
  static let schema = """
    CREATE TABLE entities(
      id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
      created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, UNIQUE(kind, name)) WITHOUT ROWID;
    CREATE TABLE shares(
      hash BLOB PRIMARY KEY, entity_id TEXT NOT NULL REFERENCES entities(id) ON DELETE CASCADE,
      expires_ms INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX shares_entity ON shares(entity_id);
    """

  var name: String { values["name"]?.string ?? "" }

  /// The object of the API; secrets are masked.
  func write(into writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("id", id)
      for field in kind.fields {
        writer.key(field.name)
        let value = values[field.name] ?? .null
        writer.value(field.isSecret ? Self.masked(value) : value)
      }
      writer.field("created_at", Timestamp.text(createdMS))
      writer.field("updated_at", Timestamp.text(updatedMS))
    }
  }

  /// An object of texts with its keys alone.
  private static func masked(_ value: JSONSlice) -> JSONSlice {
    map(value) { _, _ in JSONSlice(string: EntityKind.mask) }
  }

  private static func map(_ value: JSONSlice, _ body: (String, JSONSlice) -> JSONSlice) -> JSONSlice {
    guard value.kind == .object else { return value }
    var writer = JSONWriter()
    writer.object { writer in
      value.forEachMember { key, member in
        writer.key(key)
        writer.value(body(key, member))
      }
    }
    return JSONSlice(writer.take())
  }

  /// Puts new values over the old ones; null takes a value away, and a masked secret is the old one.
  mutating func put(_ news: [String: JSONSlice]) {
    for (name, value) in news {
      let old = values[name]
      let isSecret = kind.fields.first { $0.name == name }?.isSecret ?? false
      if value.isNull {
        values[name] = nil
      } else if isSecret {
        values[name] = Self.map(value) { key, member in
          member.string == EntityKind.mask ? old?[key] ?? member : member
        }
      } else {
        values[name] = value
      }
    }
  }
}

extension Entity {
  static let columns = "id, kind, body, created_ms, updated_ms"

  /// A row; nil for a kind of another version of the program.
  init?(_ row: Statement) {
    let path = row.text(1)
    guard let kind = EntityKind.all.first(where: { $0.path == path }) else { return nil }
    self.init(id: row.text(0), kind: kind, values: [:], createdMS: row.int64(3), updatedMS: row.int64(4))
    JSONSlice(row.text(2).bytes).forEachMember { values[$0] = $1 }
  }

  /// The stored values: one JSON object.
  private var body: String {
    var writer = JSONWriter()
    writer.object { writer in
      for (name, value) in values.sorted(by: { $0.key < $1.key }) {
        writer.key(name)
        writer.value(value)
      }
    }
    return String(decoding: writer.take(), as: UTF8.self)
  }

  /// Stores it, new or changed. The caller has looked for another with its name.
  func save(in database: Database) throws(StoreError) {
    try database.run(
      """
      INSERT INTO entities(id, kind, name, body, created_ms, updated_ms) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT(id) DO UPDATE SET name = excluded.name, body = excluded.body, updated_ms = excluded.updated_ms
      """, id, kind.path, name, body, createdMS, updatedMS)
  }
}

extension StoreReader {
  /// The things of a kind by name.
  func entities(_ kind: EntityKind) throws(StoreError) -> [Entity] {
    try query("SELECT \(Entity.columns) FROM entities WHERE kind = ? ORDER BY name", [kind.path]) {
      Entity($0)
    }
    .compactMap { $0 }
  }

  /// The thing of a kind with this id.
  func entity(_ kind: EntityKind, _ id: String) throws(StoreError) -> Entity? {
    try query("SELECT \(Entity.columns) FROM entities WHERE kind = ? AND id = ?", [kind.path, id]) {
      Entity($0)
    }
    .first ?? nil
  }

  /// What is shared under a token's hash, and until when.
  func shared(_ hash: [UInt8], nowMS: Int64) throws(StoreError) -> (Entity, expiresMS: Int64)? {
    let found = try query(
      """
      SELECT e.id, e.kind, e.body, e.created_ms, e.updated_ms, s.expires_ms FROM shares s
      JOIN entities e ON e.id = s.entity_id WHERE s.hash = ? AND s.expires_ms > ?
      """, [hash, nowMS]
    ) { row in Entity(row).map { ($0, expiresMS: row.int64(5)) } }
    return found.first ?? nil
  }
}
