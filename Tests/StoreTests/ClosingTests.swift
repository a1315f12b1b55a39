import Testing

@testable import Store

@Suite("Closing")
struct ClosingTests {
  let scratch = Scratch()

  @Test("A store that is closed leaves one file with everything in it, and says so to whoever comes later")
  func closes() async throws {
    let store = try Store(path: scratch.database, executor: QueueExecutor())
    _ = try await store.append([Change(timestampMS: 1, topic: "t", type: "x", payload: "{}")])
    #expect(scratch.names.contains("test.db-wal"))
    await store.close()
    #expect(scratch.names == ["test.db"])
    await #expect(throws: StoreError.self) { try await store.changeLogRange() }
    await #expect(throws: StoreError.self) {
      try await store.append([Change(timestampMS: 2, topic: "t", type: "x", payload: "{}")])
    }
    await store.close()
    #expect(scratch.names == ["test.db"])
    let reader = try StoreReader(path: scratch.database)
    #expect(try reader.changeLogRange().newest == 1)
  }
}
