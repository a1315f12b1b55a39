import Store
import Testing

@Suite("Migrations")
struct MigrationTests {
  let scratch = Scratch()
  let extra = Migration(
    name: "x-notes", sql: "CREATE TABLE notes(text TEXT); INSERT INTO notes VALUES ('once')")

  @Test("A step runs once, and a later version adds its own")
  func once() async throws {
    do { _ = try scratch.store() }
    for _ in 0..<2 {
      let store = try scratch.store(migrations: [extra])
      let notes = try await store.read { (reader) throws(StoreError) in
        try reader.query("SELECT text FROM notes") { $0.text(0) }
      }
      #expect(notes == ["once"])
    }
  }

  @Test("The database of a newer version is refused and left as it is")
  func newer() throws {
    do { _ = try scratch.store(migrations: [extra]) }
    let error = #expect(throws: StoreError.self) { _ = try scratch.store() }
    #expect(error?.code == StoreError.newerDatabase)
    #expect(error?.message.contains("x-notes") == true)
    #expect(throws: StoreError.self) { _ = try StoreReader(path: scratch.database) }
    #expect(throws: Never.self) { _ = try scratch.store(migrations: [extra]) }
  }

  @Test("A reader does not guess at the database of an older version, nor make a missing one")
  func older() throws {
    #expect(throws: StoreError.self) { _ = try StoreReader(path: scratch.database) }
    #expect(scratch.names.isEmpty)
    do { _ = try scratch.store() }
    let error = #expect(throws: StoreError.self) {
      _ = try StoreReader(path: scratch.database, migrations: [extra])
    }
    #expect(error?.code == StoreError.olderDatabase)
  }

  @Test("A step that fails leaves nothing behind")
  func failing() async throws {
    let broken = Migration(name: "y", sql: "CREATE TABLE half(a); CREATE TABLE half(a)")
    #expect(throws: StoreError.self) { _ = try scratch.store(migrations: [broken]) }
    let store = try scratch.store()
    let tables = try await store.read { (reader) throws(StoreError) in
      try reader.query("SELECT name FROM sqlite_schema WHERE name = 'half'") { $0.text(0) }
    }
    #expect(tables.isEmpty)
  }
}
