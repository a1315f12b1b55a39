import Store
import Wire

/// A directory that somebody works in, under a name. A value: one row.
struct Project: Sendable {
  var id: String
  var name: String
  /// The real path of the directory.
  var path: String
  var description: String?
  /// Milliseconds since 1970.
  var createdMS: Int64
  var updatedMS: Int64

  /// The object of the API; `more` writes further members.
  func write(
    computer: String, exists: Bool?, into writer: inout JSONWriter,
    more: (inout JSONWriter) -> Void = { _ in }
  ) {
    writer.object { writer in
      writer.field("id", id)
      writer.field("name", name)
      writer.field("path", path)
      writer.fieldOrNull("description", description)
      writer.field("computer", computer)
      writer.fieldIfPresent("exists", exists)
      writer.field("created_at", Timestamp.text(createdMS))
      writer.field("updated_at", Timestamp.text(updatedMS))
      more(&writer)
    }
  }
}

extension Project {
  static let columns = "id, name, path, description, created_ms, updated_ms"

  init(_ row: Statement) {
    self.init(
      id: row.text(0), name: row.text(1), path: row.text(2), description: row.optionalText(3),
      createdMS: row.int64(4), updatedMS: row.int64(5))
  }

  /// Stores it, new or changed. The caller has looked for another project with its path.
  func save(in database: Database) throws(StoreError) {
    try database.run(
      """
      INSERT INTO projects(\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT(id) DO UPDATE SET name = excluded.name, path = excluded.path,
        description = excluded.description, updated_ms = excluded.updated_ms
      """, id, name, path, description, createdMS, updatedMS)
  }
}

extension StoreReader {
  /// The projects by name.
  func projects() throws(StoreError) -> [Project] {
    try query("SELECT \(Project.columns) FROM projects ORDER BY name, id", row: Project.init)
  }

  /// The project with this id.
  func project(_ id: String) throws(StoreError) -> Project? {
    try query("SELECT \(Project.columns) FROM projects WHERE id = ?", [id], row: Project.init).first
  }
}

extension Database {
  /// The project with this id.
  func project(_ id: String) throws(StoreError) -> Project? {
    try first("SELECT \(Project.columns) FROM projects WHERE id = ?", id, row: Project.init)
  }
}
