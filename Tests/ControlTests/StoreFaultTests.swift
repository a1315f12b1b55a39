import Store
import Testing
import Wire

@testable import Control
@testable import StreamServer

/// A database that is full, locked or read-only: changes are refused as such, reading goes on, and afterwards all is
/// as before.
@Suite struct StoreFaultTests {
  enum Fault: String, CaseIterable, Sendable { case full, busy, readOnly }

  private static let changes: [(Wire.Method, String, String)] = [
    (.post, "/memory/save", #"{"text":"LARGE"}"#), (.patch, "/settings", #"{"tts":{"enabled":true}}"#),
    (.post, "/channels/c/publish", #"{"payload":{"a":"LARGE"}}"#),
    (.post, "/skills", #"{"name":"s","content":"LARGE"}"#),
    (.post, "/auth/keys", #"{"name":"k"}"#), (.post, "/agents/codex/status", #"{"status":"degraded"}"#),
  ]
  private static let reads = [
    "/memory", "/memory/search?q=known", "/settings", "/channels", "/skills", "/auth/keys",
    "/agents/availability",
    "/projects", "/autocomplete?query=kn",
  ]

  @Test(
    "A change that cannot be stored is a 503, changes nothing and is told to nobody",
    arguments: Fault.allCases)
  func refused(fault: Fault) async throws {
    var limits = StoreLimits()
    limits.busyTimeout = .milliseconds(20)
    let fixture = try await Fixture(store: limits)
    #expect(await fixture.ask(.post, "/memory/save", body: #"{"text":"known"}"#).status == 201)
    _ = await fixture.published.first(2)
    let before = fixture.published.values.count
    // Held until the end of the test: the lock goes with the connection.
    let other = try Database(path: fixture.store.path)
    switch fault {
    case .full: try await pragma(fixture, "max_page_count = 1")
    case .busy: try other.execute("BEGIN IMMEDIATE")
    case .readOnly: try await pragma(fixture, "query_only = 1")
    }
    // More than the free space of any page.
    let large = String(repeating: "x", count: 60_000)
    for (method, path, body) in Self.changes where fault != .full || body.contains("LARGE") {
      let answer = await fixture.ask(method, path, body: body.replacing("LARGE", with: large))
      #expect(answer.status == 503 && answer.code == "STORE_UNAVAILABLE", "\(path)")
      #expect(!answer.text.lowercased().contains("sql"))
    }
    for path in Self.reads { #expect(await fixture.ask(.get, path).status == 200, "\(path)") }
    #expect(await fixture.ask(.get, "/memory").json.elements.count == 1)
    #expect(fixture.published.values.count == before)
    switch fault {
    case .full: try await pragma(fixture, "max_page_count = 1000000")
    case .busy: try other.execute("ROLLBACK")
    case .readOnly: try await pragma(fixture, "query_only = 0")
    }
    for (method, path, body) in Self.changes {
      #expect(await (200...201).contains(fixture.ask(method, path, body: body).status), "\(path)")
    }
    #expect(fixture.published.values.count >= before + Self.changes.count)
  }

  private func pragma(_ fixture: Fixture, _ text: String) async throws {
    _ = try await fixture.store.read { (reader) throws(StoreError) in
      try reader.query("PRAGMA \(text)") { _ in true }
    }
  }
}
