import Store
import Testing

@Suite("What is remembered of sessions")
struct SessionRowsTests {
  let scratch = Scratch()

  @Test("A session comes back with every value, and with nil where nothing is known")
  func roundTrip() async throws {
    let full = SessionRow(
      id: "a", agent: "codex", path: "/p", title: "T", cwd: "/c", model: "m", createdMS: 1, updatedMS: 20,
      lastMessage: "last", lastMessageMS: 3, messages: 4, turns: 5, status: "unreadable", reason: "EACCES",
      parent: "z", bytes: 6, mtimeNS: 7, device: 8, inode: .max, summary: Array("{}".utf8))
    let store = try scratch.store()
    try await store.saveSessions([session("b", updatedMS: 10), full])
    #expect(try await store.sessionRows() == [full, session("b", updatedMS: 10)])
    #expect(try await store.sessionRow(id: "a") == full)
    #expect(try await store.sessionRow(id: "c") == nil)
  }

  @Test("Saving a session again replaces its values, forgetting it leaves the others")
  func replace() async throws {
    let store = try scratch.store()
    try await store.saveSessions([session("a", title: "old"), session("b")])
    try await store.saveSessions([session("a", title: "new")])
    #expect(try await store.sessionRow(id: "a")?.title == "new")
    try await store.forgetSession(id: "a")
    #expect(try await store.sessionRows().map(\.id) == ["b"])
  }

  @Test("A title is found while the session has it and not a moment longer")
  func titles() async throws {
    let store = try scratch.store()
    try await store.saveSessions([session("a", title: "Fix the Crème brûlée"), session("b")])
    #expect(try await store.searchTitles("creme bru", limit: 5).map(\.sessionID) == ["a"])
    #expect(
      try await store.searchTitles("fix", limit: 5).map(\.title) == ["\u{2}Fix\u{3} the Crème brûlée"])
    try await store.saveSessions([session("a", title: "Other"), session("b", title: "Fix it")])
    #expect(try await store.searchTitles("fix", limit: 5).map(\.sessionID) == ["b"])
    try await store.saveSessions([session("b", title: nil)])
    try await store.forgetSession(id: "a")
    #expect(try await store.searchTitles("fix", limit: 5).isEmpty)
    #expect(try await store.searchTitles("other", limit: 5).isEmpty)
  }
}
