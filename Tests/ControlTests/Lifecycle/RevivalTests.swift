import Testing

@testable import Control
@testable import StreamServer
@testable import Tail

@Suite("Agents that are started again")
struct RevivalTests {
  @Test("An agent that ends later is exited, and revive starts it again; so does the end of tmux itself")
  func exitAndRevive() async throws {
    let fixture = try await Fixture()
    let id = try await fixture.started()
    #expect(await fixture.ask(.post, "/sessions/\(id)/revive").code == "SESSION_NOT_RESTORABLE")
    await fixture.terminals.end(try await fixture.terminal(of: id).facts.id, .signal("KILL"))
    _ = try await until("it is exited") { await fixture.status(of: id) == "exited" ? true : nil }
    #expect(await fixture.statusReason(of: id) == "the agent has ended, by SIGKILL")
    #expect(
      try await fixture.end(of: await fixture.ask(.post, "/sessions/\(id)/revive"))["state"]?.string == "done"
    )
    #expect(await fixture.status(of: id) == "idle")
    await fixture.terminals.endAll()
    _ = try await until("it is exited") { await fixture.status(of: id) == "exited" ? true : nil }
    #expect(await fixture.statusReason(of: id) == "the terminal is gone")
    // Something was said by now, so the agent goes on where it stood.
    await fixture.sessions.put(entry(id, bytes: 10))
    #expect(
      try await fixture.end(of: await fixture.ask(.post, "/sessions/\(id)/restore"))["state"]?.string
        == "done"
    )
    #expect(try await fixture.terminal(of: id).request.arguments.suffix(2) == ["--resume", id])
  }

  @Test("Restart ends the agent and starts it again; one without an own id cannot go on")
  func restart() async throws {
    let fixture = try await Fixture()
    let id = try await fixture.started()
    let work = try await fixture.end(of: await fixture.ask(.post, "/api/v1/sessions/\(id)/restart"))
    #expect(work["state"]?.string == "done" && work["kind"]?.string == "restart")
    let name = "tc-" + id
    #expect(await fixture.terminals.acts == [.open(name), .close(name), .open(name)])
    let codex = try await fixture.started("\"agent\":\"codex\"")
    #expect(await fixture.ask(.post, "/sessions/\(codex)/restart").code == "NO_NATIVE_SESSION")
    try await fixture.plane.desk.bind(session: codex, nativeID: "native-1", path: "/x.jsonl")
    await fixture.sessions.put(entry(codex, agent: .codex, bytes: 10))
    _ = try await fixture.end(of: await fixture.ask(.post, "/sessions/\(codex)/restart"))
    #expect(try await fixture.terminal(of: codex).request.arguments == ["/bin/cat", "resume", "native-1"])
    #expect(await fixture.sessions.bound == [[codex, "native-1", "/x.jsonl"]])
    let changed = await fixture.ask(
      .post, "/sessions/\(id)/control", body: "{\"permission_mode\":\"plan\"}")
    #expect(try await fixture.end(of: changed)["kind"]?.string == "control")
    #expect(try await fixture.terminal(of: id).request.arguments.contains("plan"))
    #expect(await fixture.ask(.post, "/sessions/\(id)/control", body: "{\"mode\":\"x\"}").status == 400)
    #expect(await fixture.ask(.get, "/operations/none").code == "OPERATION_NOT_FOUND")
  }

  @Test("An operation that fails says why, and so does the session")
  func failingOperation() async throws {
    let fixture = try await Fixture()
    let id = try await fixture.started()
    await fixture.terminals.setProgram { act, terminal in
      if case .open = act { terminal.facts.exit = .code(1) }
    }
    let work = try await fixture.end(of: await fixture.ask(.post, "/sessions/\(id)/restart"))
    #expect(work["state"]?.string == "failed")
    #expect(work.member("error", "code")?.string == "AGENT_EXITED")
    #expect(await fixture.status(of: id) == "failed")
  }

  @Test("The next server finds its sessions again; a tmux that cannot be asked at first is no death")
  func adoption() async throws {
    let first = try await Fixture()
    let alive = try await first.started("\"title\":\"kept\"")
    let dead = try await first.started()
    let gone = try await first.started()
    let closed = try await first.started()
    #expect(await first.ask(.post, "/sessions/\(closed)/kill").status == 204)
    await first.plane.enter(.draining)
    await first.terminals.end(try await first.terminal(of: dead).facts.id, .code(0))
    try await first.terminals.close(try await first.terminal(of: gone).facts.id)
    await first.terminals.fail(.timeout)
    let second = try await Fixture(after: first)
    #expect(await second.status(of: alive) == "idle")
    await second.terminals.fail(nil)
    _ = try await until("all are known") {
      let (a, b) = (await second.status(of: dead), await second.status(of: gone))
      return a == "exited" && b == "exited" ? true : nil
    }
    let shown = await second.ask(.get, "/api/v1/sessions/\(alive)").json
    #expect(shown.member("session", "agent_alive")?.bool == true)
    #expect(shown.member("session", "title")?.string == "kept")
    #expect(await second.status(of: closed) == "closed")
    #expect(await second.statusReason(of: gone) == "the terminal is gone")
    await second.terminals.end(try await second.terminal(of: alive).facts.id, .code(1))
    _ = try await until("its end is seen") { await second.status(of: alive) == "exited" ? true : nil }
  }
}
