import Store
import Testing

@Suite("The change log")
struct ChangeLogTests {
  let scratch = Scratch()

  func change(_ topic: String, session: String? = nil) -> Change {
    Change(timestampMS: 9, topic: topic, type: "t", sessionID: session, projectID: "p", payload: #"{"a":1}"#)
  }

  @Test("Changes are numbered from 1 without gaps and read back in order")
  func order() async throws {
    let store = try scratch.store()
    #expect(try await store.changeLogRange() == ChangeLogRange(oldest: 1, newest: 0))
    let first = try await store.append([change("sessions", session: "a"), change("hooks")])
    let second = try await store.append([change("sessions", session: "b")])
    #expect((first + second).map(\.seq) == [1, 2, 3])
    #expect(try await store.changes(after: 0, limit: 10) == first + second)
    #expect(try await store.changes(after: 1, limit: 1) == [first[1]])
    #expect(try await store.changeLogRange() == ChangeLogRange(oldest: 1, newest: 3))
  }

  @Test("Topics and session choose rows, whatever characters a topic has")
  func filters() async throws {
    let store = try scratch.store()
    let odd = "channel:\"\\\n'\u{1F980}\u{1}"
    let rows = try await store.append([
      change("sessions", session: "a"), change(odd), change("sessions", session: "b"),
    ])
    #expect(try await store.changes(after: 0, topics: [odd, "x"], limit: 9) == [rows[1]])
    #expect(try await store.changes(after: 0, topics: ["sessions"], limit: 9) == [rows[0], rows[2]])
    #expect(try await store.changes(after: 0, topics: ["sessions"], sessionID: "b", limit: 9) == [rows[2]])
    #expect(try await store.changes(after: 0, topics: [], limit: 9).isEmpty)
  }

  @Test("The log keeps its newest rows, trims in batches and never gives a number twice")
  func trimming() async throws {
    var limits = StoreLimits()
    limits.changeLogRows = 50
    limits.changeLogSlack = 10
    do {
      let store = try scratch.store(limits: limits)
      var counts: Set<Int> = []
      for number in 1...500 {
        _ = try await store.append([change("sessions")])
        let range = try await store.changeLogRange()
        #expect(range.newest == Int64(number))
        let kept = Int(range.newest - range.oldest + 1)
        #expect(kept >= min(number, 50) && kept <= 60)
        if number > 60 { counts.insert(kept) }
        #expect(try await store.changes(after: 0, limit: .max).count == kept)
      }
      // Down to the limit each time, and never in smaller steps than the slack.
      #expect(counts == Set(50...60))
      try await store.write { (database) throws(StoreError) in try database.execute("DELETE FROM change_log")
      }
    }
    let store = try scratch.store(limits: limits)
    #expect(try await store.changeLogRange() == ChangeLogRange(oldest: 501, newest: 500))
    #expect(try await store.append([change("sessions")]).map(\.seq) == [501])
  }

  @Test("A change is stored in the transaction of what changed, or not at all")
  func oneTransaction() async throws {
    let store = try scratch.store()
    let change = change("sessions")
    await #expect(throws: StoreError.self) {
      try await store.write { (database) throws(StoreError) in
        _ = try database.append([change], limits: StoreLimits())
        try database.execute("INSERT INTO no_such_table VALUES (1)")
      }
    }
    #expect(try await store.changeLogRange().newest == 0)
    // A wrong statement is not a failing disk.
    #expect(await store.status.health == .ok)
  }
}
