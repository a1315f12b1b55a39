import Glibc
import Store
import Testing

@Suite("When the storage fails")
struct FailureTests {
  let scratch = Scratch()

  var impatient: StoreLimits {
    var limits = StoreLimits()
    limits.busyTimeout = .milliseconds(1)
    return limits
  }

  func isOK(_ store: Store) async -> Bool { await store.status.health == .ok }

  @Test("A full disk: writes throw, reads go on, the status says so until a write succeeds")
  func full() async throws {
    let store = try scratch.store()
    try await store.saveSessions([session("kept")])
    try await store.write { (database) throws(StoreError) in
      try database.execute("PRAGMA max_page_count = 1")
    }
    let large = (0..<500).map { session("s\($0)", title: String(repeating: "t", count: 500)) }
    let error = await #expect(throws: StoreError.self) { try await store.saveSessions(large) }
    #expect(error?.isFull == true)
    #expect(await store.status.health == .degraded(reason: "database or disk is full"))
    #expect(try await store.sessionRows().map(\.id) == ["kept"])

    try await store.write { (database) throws(StoreError) in
      try database.execute("PRAGMA max_page_count = 100000")
    }
    try await store.saveSessions(large)
    #expect(await isOK(store))
    #expect(try await store.sessionRows().count == 501)
    #expect(await store.status.bytes > 250_000)
  }

  @Test("A database that another process has locked: writes throw, reads go on, then all is well")
  func locked() async throws {
    let store = try scratch.store(limits: impatient)
    let other = try Database(path: scratch.database)
    try other.execute("BEGIN IMMEDIATE")
    let error = await #expect(throws: StoreError.self) { try await store.saveSessions([session("a")]) }
    #expect(error?.isBusy == true)
    #expect(await !isOK(store))
    #expect(try await store.sessionRows().isEmpty)
    // A start does not need the lock either.
    let second = try scratch.store(limits: impatient)
    #expect(await isOK(second))
    try other.execute("COMMIT")
    try await store.saveSessions([session("a")])
    #expect(await isOK(store))
  }

  @Test("A file that cannot be written is read, and is written again when it can be")
  func unwritable() async throws {
    let epoch: UInt32
    do {
      let store = try scratch.store()
      try await store.saveSessions([session("a")])
      epoch = store.feedEpoch
    }
    // Where a directory stands, SQLite can make no log: a failure that also root meets.
    #expect(mkdir(scratch.database + "-wal", 0o700) == 0)
    let store = try scratch.store()
    #expect(store.feedEpoch == epoch)
    #expect(await !isOK(store))
    #expect(try await store.sessionRows().map(\.id) == ["a"])
    let error = await #expect(throws: StoreError.self) { try await store.saveSessions([session("b")]) }
    #expect(error?.isStorageFailure == true)
    #expect(try StoreReader(path: scratch.database).sessionRows().map(\.id) == ["a"])

    #expect(rmdir(scratch.database + "-wal") == 0)
    try await store.saveSessions([session("b")])
    #expect(await isOK(store))
    #expect(try await store.sessionRows().count == 2)
  }

  @Test("A directory without permission: the database is read", .enabled(if: geteuid() != 0))
  func noPermission() async throws {
    do {
      let store = try scratch.store()
      try await store.saveSessions([session("a")])
    }
    chmod(scratch.database, 0o400)
    chmod(scratch.path, 0o500)
    defer { chmod(scratch.path, 0o700) }
    let store = try scratch.store()
    #expect(await !isOK(store))
    #expect(try await store.sessionRows().map(\.id) == ["a"])
    await #expect(throws: StoreError.self) { try await store.saveSessions([session("b")]) }
  }

  @Test("A file that is no database is moved aside and said in the status")
  func notADatabase() async throws {
    scratch.write([UInt8](repeating: 0x41, count: 9000), to: "test.db")
    let store = try scratch.store()
    try await store.saveSessions([session("a")])
    let status = await store.status
    #expect(status.health == .ok)
    #expect(status.movedAside == scratch.database + ".corrupt-1700000000")
    #expect(scratch.names.contains("test.db.corrupt-1700000000"))
  }

  @Test("Damage met while running is looked for at the next start, and an older wreck is kept")
  func damagedPages() async throws {
    scratch.write([1], to: "test.db.corrupt-1700000000")
    do {
      let store = try scratch.store()
      try await store.saveSessions((0..<300).map { session("s\($0)", title: "title \($0)") })
    }
    // All but the pages of the schema, so that opening alone does not notice.
    let root = try Database(path: scratch.database, mode: .read)
      .first("SELECT rootpage FROM sqlite_schema WHERE name = 'sessions'") { $0.int(0) }
    scratch.write([UInt8](repeating: 0xEE, count: 4096), to: "test.db", at: (try #require(root) - 1) * 4096)
    do {
      let store = try scratch.store()
      let error = await #expect(throws: StoreError.self) { _ = try await store.sessionRows() }
      #expect(error?.isCorrupt == true)
      #expect(await !isOK(store))
    }
    let store = try scratch.store()
    #expect(try await store.sessionRows().isEmpty)
    #expect(await store.status.movedAside == scratch.database + ".corrupt-1700000000-2")
    #expect(await isOK(store))
    #expect(!scratch.names.contains("test.db.suspect"))
  }

  @Test("After a crash in the middle of a transaction, what was committed is there and nothing else")
  func crash() async throws {
    let store = try scratch.store()
    try await store.saveSessions([session("committed")])
    let dying = try Database(path: scratch.database)
    // A cache of one page spills uncommitted pages into the log, as a large transaction does.
    try dying.execute("PRAGMA cache_size = 1; BEGIN IMMEDIATE")
    for number in 0..<400 {
      try dying.run(
        "INSERT INTO change_log(ts, topic, type, payload) VALUES (?, 't', 't', ?)", number,
        String(repeating: "p", count: 300))
    }
    // What the disk holds now is what a killed process leaves.
    let after = Scratch()
    for (name, copy) in [
      ("test.db", "../\(after.name)/test.db"), ("test.db-wal", "../\(after.name)/test.db-wal"),
    ] {
      scratch.copy(name, to: copy)
    }
    try dying.execute("ROLLBACK")
    let revived = try after.store()
    #expect(revived.feedEpoch == store.feedEpoch)
    #expect(try await revived.sessionRows().map(\.id) == ["committed"])
    #expect(try await revived.changeLogRange().newest == 0)
    #expect(await isOK(revived))
  }

  @Test("A reader beside the writer sees each commit and holds nobody up")
  func readerBeside() async throws {
    let store = try scratch.store(limits: impatient)
    let reader = try StoreReader(path: scratch.database)
    #expect(reader.feedEpoch == store.feedEpoch)
    for number in 1...20 {
      try await store.saveSessions([session("s\(number)")])
      #expect(try reader.sessionRows().count == number)
    }
  }

  @Test("A database in memory is a store as well")
  func memory() async throws {
    let store = try Store(path: ":memory:", executor: QueueExecutor())
    try await store.saveSessions([session("a")])
    #expect(try await store.sessionRows().count == 1)
    #expect(await store.status.bytes == 0)
  }
}

extension Scratch {
  var name: String { String(path.split(separator: "/").last!) }
}
