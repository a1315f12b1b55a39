import Testing

@testable import Control
@testable import StreamServer
@testable import Tail

@Suite("Sessions that were found")
struct FoundSessionTests {
  @Test(
    "A discovered session is labelled where it stands, found by its labels, and adopted when it is needed")
  func discovered() async throws {
    let fixture = try await Fixture([
      entry("found", cwd: "/tmp"), entry("homeless"), entry("other", agent: .gemini),
    ])
    let patched = await fixture.ask(
      .patch, "/api/v1/sessions/found",
      body: "{\"displayName\":\"Mine\",\"tags\":[\"x\"],\"mode\":\"plan\",\"pinned\":true,\"archived\":null}")
    #expect(patched.json.member("session", "title")?.string == "Mine", "\(patched.text)")
    #expect(patched.json.member("session", "managed")?.bool == false)
    #expect(patched.json.member("session", "pinned")?.bool == true)
    for query in ["mode=plan", "tags=x", "project=/tmp&tags=x"] {
      #expect(await fixture.ask(.get, "/sessions?\(query)").json.elements.count == 1, "\(query)")
    }
    #expect(await fixture.ask(.get, "/sessions?tags=x,y").json.elements.isEmpty)
    #expect(await fixture.ask(.patch, "/sessions/found/tags", body: "{\"tags\":[]}").status == 200)
    #expect(await fixture.ask(.get, "/sessions?tags=x").json.elements.isEmpty)
    #expect(await fixture.ask(.patch, "/sessions/found", body: "{}").status == 400)
    #expect(
      await fixture.ask(.post, "/sessions/found/promote", body: "{\"project_id\":\"p\"}").code
        == "PROJECT_NOT_FOUND")

    let id = try await fixture.plane.desk.ensureTerminal("found")
    #expect(try await fixture.terminal(of: "found").facts.id == id)
    #expect(try await fixture.terminal(of: "found").request.arguments.suffix(2) == ["--resume", "found"])
    #expect(try await fixture.plane.desk.ensureTerminal("found") == id)
    #expect(await fixture.ask(.get, "/api/v1/sessions/found").json.member("session", "managed")?.bool == true)
    #expect(await fixture.ask(.post, "/sessions/homeless/revive").code == "SESSION_NOT_RESTORABLE")
    #expect(await fixture.ask(.post, "/sessions/other/revive").code == "SESSION_NOT_MANAGED")
  }

  @Test("A session whose transcript has no whole record yet is asked again; what is known then decides")
  func unread() async throws {
    let fixture = try await Fixture([entry("new", bytes: 5, epoch: nil), entry("busy", bytes: 5, epoch: nil)])
    // Labelled before it was read: the directory is not in its row.
    #expect(await fixture.ask(.patch, "/sessions/new", body: "{\"title\":\"Mine\"}").status == 200)
    let desk = await fixture.plane.desk
    for id in ["new", "busy"] {
      await #expect(
        throws: RecipientFault.later(
          "the session's transcript has no whole record yet, so where its agent runs is not known")
      ) {
        try await desk.recipient(id)
      }
      #expect(await fixture.ask(.post, "/sessions/\(id)/revive").code == "SESSION_BUSY")
      #expect(await fixture.ask(.post, "/sessions/\(id)/fork").code == "SESSION_BUSY")
    }
    await fixture.sessions.put(entry("new", cwd: "/tmp", bytes: 10))
    var busy = entry("busy", cwd: "/tmp", bytes: 10)
    busy.status = .active
    await fixture.sessions.put(busy)
    _ = try await desk.recipient("new")
    #expect(try await fixture.terminal(of: "new").request.directory == "/tmp")
    #expect(await fixture.status(of: "new") == "idle")
    await #expect(
      throws: RecipientFault.never("the session cannot be brought back: its agent is at work elsewhere")
    ) {
      try await desk.recipient("busy")
    }
  }
}
