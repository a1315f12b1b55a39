import Glibc
import Store
import Testing

@Suite("A connection")
struct DatabaseTests {
  let scratch = Scratch()

  @Test("Every kind of value comes back as it was bound")
  func values() throws {
    let database = try Database(path: ":memory:")
    let row = try database.first(
      "SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?", Int64.min, UInt64.max, 1.5, "a\0é", "", [UInt8]([0, 255]),
      [UInt8](),
      String?.none, true
    ) { row in
      #expect(row.int64(0) == .min)
      #expect(row.uint64(1) == .max)
      #expect(row.double(2) == 1.5)
      #expect(row.text(3) == "a\0é")
      #expect(row.optionalText(4) == "")
      #expect(row.blob(5) == [0, 255])
      #expect(!row.isNull(6) && row.blob(6) == [])
      #expect(row.isNull(7) && row.optionalText(7) == nil && row.optionalInt(7) == nil)
      #expect(row.int(8) == 1)
      return true
    }
    #expect(row == true)
  }

  @Test("A statement may be used inside its own rows")
  func reentrant() throws {
    let database = try Database(path: ":memory:", cachedStatements: 1)
    let sql = "SELECT value FROM json_each('[1,2,3]')"
    let pairs = try database.query(sql) { outer in
      let inner = try? database.query(sql) { $0.int(0) }
      return (outer.int(0), inner ?? [])
    }
    #expect(pairs.map(\.0) == [1, 2, 3])
    #expect(pairs.allSatisfy { $0.1 == [1, 2, 3] })
  }

  @Test("A nested transaction that fails takes only its own part back")
  func nested() throws {
    let database = try Database(path: ":memory:")
    try database.execute("CREATE TABLE t(a)")
    try database.transaction { () throws(StoreError) in
      try database.run("INSERT INTO t VALUES (1)")
      #expect(throws: StoreError.self) {
        try database.transaction { () throws(StoreError) in
          try database.run("INSERT INTO t VALUES (2)")
          try database.execute("nonsense")
        }
      }
      try database.run("INSERT INTO t VALUES (3)")
    }
    #expect(try database.query("SELECT a FROM t") { $0.int(0) } == [1, 3])
    #expect(!database.isInTransaction)
  }

  @Test("A connection for reading cannot write, and reads a path with characters of a URI")
  func readOnly() throws {
    let path = scratch.file("a?b#c%41 é.db")
    do {
      let database = try Database(path: path)
      try database.execute("CREATE TABLE t(a); INSERT INTO t VALUES (4)")
    }
    for mode in [Database.Mode.read, .immutable] {
      let database = try Database(path: path, mode: mode)
      #expect(try database.query("SELECT a FROM t") { $0.int(0) } == [4])
      let error = #expect(throws: StoreError.self) { try database.run("INSERT INTO t VALUES (5)") }
      #expect(error?.isReadOnly == true)
    }
  }

  @Test("The file is its owner's alone, also one that others could read")
  func isPrivate() throws {
    #expect(close(open(scratch.database, O_CREAT | O_WRONLY, 0o644)) == 0)
    #expect(chmod(scratch.database, 0o644) == 0)
    for path in [scratch.database, scratch.file("new.db")] {
      let database = try Database(path: path)
      try database.execute("CREATE TABLE t(x)")
      var facts = stat()
      #expect(stat(path, &facts) == 0)
      #expect(facts.st_mode & 0o777 == 0o600, "\(path)")
    }
  }
}
