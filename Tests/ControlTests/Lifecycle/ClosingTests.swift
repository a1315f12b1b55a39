import Testing

@testable import Control
@testable import StreamServer

@Suite("The end of sessions")
struct ClosingTests {
  @Test("Kill ends terminal and session and may be repeated; purge forgets the row")
  func closing() async throws {
    let fixture = try await Fixture([entry("found")])
    let id = try await fixture.started()
    #expect(await fixture.ask(.post, "/sessions/\(id)/kill").status == 204)
    #expect(await fixture.status(of: id) == "closed")
    #expect(await fixture.terminals.terminals.isEmpty)
    #expect(await fixture.ask(.delete, "/api/v1/sessions/\(id)").status == 204)
    #expect(await fixture.ask(.post, "/sessions/\(id)/agent-restart").code == "SESSION_CLOSED")
    #expect(await fixture.ask(.get, "/sessions").json.elements.count == 1)
    #expect(await fixture.ask(.delete, "/sessions/\(id)?purge=true").status == 204)
    #expect(await fixture.ask(.get, "/sessions/\(id)").status == 404)
    #expect(await fixture.ask(.delete, "/sessions/\(id)").code == "SESSION_NOT_FOUND")
    #expect(await fixture.ask(.delete, "/sessions/found").code == "SESSION_NOT_MANAGED")
  }

  @Test("A session that is closed while its agent starts is closed, and nothing is left running")
  func closeEarly() async throws {
    let fixture = try await Fixture { $0.lifecycle.settle = .seconds(60) }
    let id = try #require(
      await fixture.ask(.post, "/sessions", body: "{\"project_path\":\"/tmp\"}").json["session_id"]?.string)
    #expect(await fixture.ask(.post, "/sessions/\(id)/kill").status == 204)
    #expect(await fixture.status(of: id) == "closed")
    _ = try await until("no terminal is left") { await fixture.terminals.terminals.isEmpty ? true : nil }
  }

  @Test("A tmux that hangs leaves the session as it was, and the next try ends it")
  func closeHanging() async throws {
    let fixture = try await Fixture()
    let id = try await fixture.started()
    await fixture.terminals.fail(.timeout)
    let answer = await fixture.ask(.post, "/sessions/\(id)/kill")
    #expect(answer.status == 503 && answer.code == "TERMINALS_UNAVAILABLE")
    await fixture.terminals.fail(nil)
    #expect(await fixture.ask(.post, "/sessions/\(id)/kill").status == 204)
    #expect(await fixture.status(of: id) == "closed")
  }

  @Test("Tidying up forgets what ended long ago and nothing else")
  func cleanup() async throws {
    let fixture = try await Fixture()
    let open = try await fixture.started()
    let closed = try await fixture.started()
    #expect(await fixture.ask(.post, "/sessions/\(closed)/kill").status == 204)
    #expect(await fixture.ask(.post, "/sessions/cleanup").json["cleaned"]?.int == 0)
    let all = await fixture.ask(.post, "/sessions/cleanup", body: "{\"older_than_hours\":0}")
    #expect(all.json["session_ids"]?.elements.compactMap(\.string) == [closed])
    #expect(await fixture.status(of: open) == "idle")
    let patches = await fixture.ask(.get, "/sessions/patches").json["patches"]?.elements ?? []
    #expect(patches.compactMap { $0["session_id"]?.string } == [open])
  }
}
