import Testing
import Wire

@testable import Control
@testable import StreamServer
@testable import Tail

@Suite("Sessions that are started here")
struct DeskTests {
  private func status(_ fixture: Fixture, _ id: String) async -> String? {
    await fixture.ask(.get, "/api/v1/sessions/\(id)").json.member("session", "status")?.string
  }

  private func reason(_ fixture: Fixture, _ id: String) async -> String? {
    await fixture.ask(.get, "/api/v1/sessions/\(id)").json.member("session", "status_reason")?.string
  }

  /// Starts a session and waits for its state.
  private func started(
    _ fixture: Fixture, _ more: String = "", state: String = "idle"
  ) async throws -> String {
    let answer = await fixture.ask(
      .post, "/api/v1/sessions", body: "{\"project_path\":\"/tmp\"\(more.isEmpty ? "" : ",")\(more)}")
    #expect(answer.status == 201, "\(answer.text)")
    let id = try #require(answer.json["session_id"]?.string)
    _ = try await until("\(id) is \(state)") { await status(fixture, id) == state ? true : nil }
    return id
  }

  private func terminal(_ fixture: Fixture, _ id: String) async throws -> TerminalModel.Terminal {
    try #require(await fixture.terminals.named("tc-" + id))
  }

  /// Waits for the end of an operation.
  private func ended(_ fixture: Fixture, _ accepted: Answer) async throws -> JSONSlice {
    #expect(accepted.status == 202, "\(accepted.text)")
    let id = try #require(accepted.json["operation_id"]?.string)
    return try await until("\(id) has ended") {
      let work = await fixture.ask(.get, "/api/v1/operations/\(id)").json
      return work["state"]?.string == "running" ? nil : work
    }
  }

  @Test("A session is answered at once, its agent gets arguments and variables, and events tell the rest")
  func create() async throws {
    let fixture = try await Fixture()
    let body =
      "{\"projectPath\":\"/tmp\",\"title\":\"T\",\"tags\":[\"a\",\"b\",\"a\"],\"mode\":\"m\",\"model\":\"opus\","
      + "\"permission_mode\":\"plan\",\"metadata\":{\"k\":[1]},\"human_email\":\"a@b\",\"launch_kind\":\"agent\"}"
    let answer = await fixture.ask(.post, "/api/v1/sessions", body: body)
    #expect(answer.status == 201)
    #expect(answer.json["status"]?.string == "success")
    #expect(answer.json.member("session", "status")?.string == "initializing")
    #expect(answer.json.member("session", "metadata", "k")?.elements.count == 1)
    #expect(answer.json.member("session", "tags")?.elements.compactMap(\.string) == ["a", "b"])
    let id = try #require(answer.json["session_id"]?.string)
    #expect(answer.json.member("session", "native_session_id")?.string == id)
    _ = try await until("it is idle") { await status(fixture, id) == "idle" ? true : nil }
    let request = try await terminal(fixture, id).request
    #expect(
      request.arguments == [
        "/usr/bin/cat", "-u", "--model", "opus", "--mode", "plan", "--session-id", id,
      ] || request.arguments.first == "/bin/cat")
    #expect(request.directory == "/tmp")
    #expect(request.environment["OF_SERVER"] == "1" && request.environment["OF_AGENT"] == "1")
    #expect(
      request.environment["TAILCAST_SESSION_ID"] == id && request.environment["TAILCAST_STATE"] == "/state")
    let told = try await until("the feed has told") { () -> [String]? in
      let mine = fixture.published.values.filter { $0.sessionID == id }.map(\.type)
      return mine.count >= 3 ? mine : nil
    }
    #expect(told.first == "session.created")
    #expect(Set(told.dropFirst()) == ["session.status"])
  }

  @Test(
    "What is wrong with a new session is said before anything is started",
    arguments: [
      ("{}", "project_path"), ("{\"project_path\":\"relative\"}", "project_path"),
      ("{\"project_path\":\"/nonexistent/\\u0000\"}", "project_path"),
      ("{\"project_path\":\"/etc/passwd\"}", "project_path"),
      ("{\"project_path\":\"/tmp\",\"subdir\":\"../etc\"}", "subdir"),
      ("{\"project_path\":\"/tmp\",\"subdir\":\"/etc\"}", "subdir"),
      ("{\"project_path\":\"/proc/self\",\"subdir\":\"cwd\"}", "subdir"),
      ("{\"project_path\":\"/tmp\",\"agent\":\"emacs\"}", "agent"),
      ("{\"project_path\":\"/tmp\",\"model\":\"-x\"}", "model"),
      ("{\"project_path\":\"/tmp\",\"permission_mode\":\"yolo\"}", "permission_mode"),
      ("{\"project_path\":\"/tmp\",\"launch_kind\":\"x\"}", "launch_kind"),
      ("{\"project_path\":\"/tmp\",\"launch_kind\":\"agent_resume\"}", "native_session_id"),
      ("{\"project_path\":\"/tmp\",\"launch_kind\":\"agent_then_message\"}", "message"),
      ("{\"project_path\":\"/tmp\",\"native_session_id\":\"../x\"}", "native_session_id"),
      ("{\"project_path\":\"/tmp\",\"tags\":[\"a,b\"]}", "tags"),
      ("{\"project_path\":\"/tmp\",\"metadata\":[]}", "metadata"),
      ("{\"project_path\":\"/tmp\",\"computer\":\"there\"}", "computer"),
    ])
  func refusals(body: String, field: String) async throws {
    let fixture = try await Fixture()
    let answer = await fixture.ask(.post, "/sessions", body: body)
    #expect(answer.status == 400, "\(answer.text)")
    #expect(answer.json.member("error", "details", "field")?.string == field, "\(answer.text)")
    #expect(await fixture.terminals.acts == [])
    #expect(await fixture.ask(.get, "/sessions").json.elements.isEmpty)
  }

  @Test("An agent that ends at once, is not there, or has no tmux, has failed with its reason")
  func failures() async throws {
    let fixture = try await Fixture()
    await fixture.terminals.setProgram { act, terminal in
      guard case .open = act else { return }
      terminal.facts.exit = .code(2)
      terminal.screen.lines = ["", "  Error: no API key ", "bye"]
    }
    let ended = try await started(fixture, state: "failed")
    #expect(await reason(fixture, ended) == "the agent ended at once, with code 2: Error: no API key / bye")
    let missing = try await started(fixture, "\"agent\":\"missing\"", state: "failed")
    #expect(await reason(fixture, missing)?.contains("agents.missing.command") == true)
    await fixture.terminals.fail(.notInstalled(program: "tmux"))
    let alone = try await started(fixture, state: "failed")
    #expect(await reason(fixture, alone)?.contains("install the package tmux") == true)
  }

  @Test("An agent that ends later is exited, and revive starts it again; so does the end of tmux itself")
  func exitAndRevive() async throws {
    let fixture = try await Fixture()
    let id = try await started(fixture)
    #expect(await fixture.ask(.post, "/sessions/\(id)/revive").code == "SESSION_NOT_RESTORABLE")
    await fixture.terminals.end(try await terminal(fixture, id).facts.id, .signal("KILL"))
    _ = try await until("it is exited") { await status(fixture, id) == "exited" ? true : nil }
    #expect(await reason(fixture, id) == "the agent has ended, by SIGKILL")
    #expect(
      try await ended(fixture, await fixture.ask(.post, "/sessions/\(id)/revive"))["state"]?.string == "done")
    #expect(await status(fixture, id) == "idle")
    await fixture.terminals.endAll()
    _ = try await until("it is exited") { await status(fixture, id) == "exited" ? true : nil }
    #expect(await reason(fixture, id) == "the terminal is gone")
    // Something was said by now, so the agent goes on where it stood.
    await fixture.sessions.put(entry(id, bytes: 10))
    #expect(
      try await ended(fixture, await fixture.ask(.post, "/sessions/\(id)/restore"))["state"]?.string == "done"
    )
    #expect(try await terminal(fixture, id).request.arguments.suffix(2) == ["--resume", id])
  }

  @Test("Kill ends terminal and session and may be repeated; purge forgets the row")
  func closing() async throws {
    let fixture = try await Fixture([entry("found")])
    let id = try await started(fixture)
    #expect(await fixture.ask(.post, "/sessions/\(id)/kill").status == 204)
    #expect(await status(fixture, id) == "closed")
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
    #expect(await status(fixture, id) == "closed")
    _ = try await until("no terminal is left") { await fixture.terminals.terminals.isEmpty ? true : nil }
  }

  @Test("A tmux that hangs leaves the session as it was, and the next try ends it")
  func closeHanging() async throws {
    let fixture = try await Fixture()
    let id = try await started(fixture)
    await fixture.terminals.fail(.timeout)
    let answer = await fixture.ask(.post, "/sessions/\(id)/kill")
    #expect(answer.status == 503 && answer.code == "TERMINALS_UNAVAILABLE")
    await fixture.terminals.fail(nil)
    #expect(await fixture.ask(.post, "/sessions/\(id)/kill").status == 204)
    #expect(await status(fixture, id) == "closed")
  }

  @Test("Restart ends the agent and starts it again; one without an own id cannot go on")
  func restart() async throws {
    let fixture = try await Fixture()
    let id = try await started(fixture)
    let work = try await ended(fixture, await fixture.ask(.post, "/api/v1/sessions/\(id)/restart"))
    #expect(work["state"]?.string == "done" && work["kind"]?.string == "restart")
    let name = "tc-" + id
    #expect(await fixture.terminals.acts == [.open(name), .close(name), .open(name)])
    let codex = try await started(fixture, "\"agent\":\"codex\"")
    #expect(await fixture.ask(.post, "/sessions/\(codex)/restart").code == "NO_NATIVE_SESSION")
    try await fixture.plane.desk.bind(session: codex, nativeID: "native-1", path: "/x.jsonl")
    await fixture.sessions.put(entry(codex, agent: .codex, bytes: 10))
    _ = try await ended(fixture, await fixture.ask(.post, "/sessions/\(codex)/restart"))
    #expect(try await terminal(fixture, codex).request.arguments == ["/bin/cat", "resume", "native-1"])
    #expect(await fixture.sessions.bound == [[codex, "native-1", "/x.jsonl"]])
    let changed = await fixture.ask(
      .post, "/sessions/\(id)/control", body: "{\"permission_mode\":\"plan\"}")
    #expect(try await ended(fixture, changed)["kind"]?.string == "control")
    #expect(try await terminal(fixture, id).request.arguments.contains("plan"))
    #expect(await fixture.ask(.post, "/sessions/\(id)/control", body: "{\"mode\":\"x\"}").status == 400)
    #expect(await fixture.ask(.get, "/operations/none").code == "OPERATION_NOT_FOUND")
  }

  @Test("An operation that fails says why, and so does the session")
  func failingOperation() async throws {
    let fixture = try await Fixture()
    let id = try await started(fixture)
    await fixture.terminals.setProgram { act, terminal in
      if case .open = act { terminal.facts.exit = .code(1) }
    }
    let work = try await ended(fixture, await fixture.ask(.post, "/sessions/\(id)/restart"))
    #expect(work["state"]?.string == "failed")
    #expect(work.member("error", "code")?.string == "AGENT_EXITED")
    #expect(await status(fixture, id) == "failed")
  }

  @Test("The next server finds its sessions again; a tmux that cannot be asked at first is no death")
  func adoption() async throws {
    let first = try await Fixture()
    let alive = try await started(first, "\"title\":\"kept\"")
    let dead = try await started(first)
    let gone = try await started(first)
    let closed = try await started(first)
    #expect(await first.ask(.post, "/sessions/\(closed)/kill").status == 204)
    await first.plane.enter(.draining)
    await first.terminals.end(try await terminal(first, dead).facts.id, .code(0))
    try await first.terminals.close(try await terminal(first, gone).facts.id)
    await first.terminals.fail(.timeout)
    let second = try await Fixture(after: first)
    #expect(await status(second, alive) == "idle")
    await second.terminals.fail(nil)
    _ = try await until("all are known") {
      let (a, b) = (await self.status(second, dead), await self.status(second, gone))
      return a == "exited" && b == "exited" ? true : nil
    }
    let shown = await second.ask(.get, "/api/v1/sessions/\(alive)").json
    #expect(shown.member("session", "agent_alive")?.bool == true)
    #expect(shown.member("session", "title")?.string == "kept")
    #expect(await status(second, closed) == "closed")
    #expect(await reason(second, gone) == "the terminal is gone")
    await second.terminals.end(try await terminal(second, alive).facts.id, .code(1))
    _ = try await until("its end is seen") { await status(second, alive) == "exited" ? true : nil }
  }

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
    #expect(try await terminal(fixture, "found").facts.id == id)
    #expect(try await terminal(fixture, "found").request.arguments.suffix(2) == ["--resume", "found"])
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
    #expect(try await terminal(fixture, "new").request.directory == "/tmp")
    #expect(await status(fixture, "new") == "idle")
    await #expect(
      throws: RecipientFault.never("the session cannot be brought back: its agent is at work elsewhere")
    ) {
      try await desk.recipient("busy")
    }
  }

  @Test("A question on an agent's screen is its status until it is answered or the agent ends")
  func question() async throws {
    let fixture = try await Fixture()
    let id = try await started(fixture)
    let pane = try await terminal(fixture, id).facts.id
    let dialog = ["Shall I?", "❯ 1. Yes", "  2. No", "Esc to cancel"]
    await fixture.terminals.show(dialog, on: pane)
    let shown = try await until("it waits") { () -> JSONSlice? in
      let session = await fixture.ask(.get, "/api/v1/sessions/\(id)").json["session"]
      return session?["status"]?.string == "waiting_input" ? session : nil
    }
    #expect(shown["status_source"]?.string == "screen" && shown["activity"]?.string == "Shall I?")
    await fixture.terminals.show(["ready"], on: pane)
    _ = try await until("it is idle") { await status(fixture, id) == "idle" ? true : nil }
    await fixture.terminals.show(dialog, on: pane)
    _ = try await until("it waits") { await status(fixture, id) == "waiting_input" ? true : nil }
    await fixture.terminals.end(pane, .code(0))
    _ = try await until("it has ended") { await status(fixture, id) == "exited" ? true : nil }
    _ = try await until("nothing is asked") {
      await fixture.sessions.entry(id)?.reported == nil ? true : nil
    }
  }

  @Test("A fork is a session of its own that knows where it comes from")
  func fork() async throws {
    let fixture = try await Fixture()
    let id = try await started(fixture, "\"title\":\"T\"")
    #expect(await fixture.ask(.post, "/sessions/\(id)/fork").code == "FORK_UNSUPPORTED")
    await fixture.sessions.put(entry(id, bytes: 10))
    let answer = await fixture.ask(.post, "/api/v1/sessions/\(id)/fork", body: "{\"title\":\"F\"}")
    #expect(answer.status == 201)
    let fork = try #require(answer.json["session_id"]?.string)
    #expect(answer.json.member("session", "parent_session_id")?.string == id)
    _ = try await until("it is idle") { await status(fixture, fork) == "idle" ? true : nil }
    #expect(
      try await terminal(fixture, fork).request.arguments.suffix(4) == ["--resume", id, "--fork", fork])
    #expect(fixture.published.values.contains { $0.type == "session.forked" && $0.sessionID == fork })
  }

  @Test("A fork or a rewind at a message begins with a copy of the conversation up to there")
  func atMessage() async throws {
    let fixture = try await Fixture()
    let id = try await started(fixture, "\"title\":\"T\"")
    let path = fixture.directory + "/\(id).jsonl"
    let rows = [("u1", "null", "user"), ("a1", "\"u1\"", "assistant"), ("u2", "\"a1\"", "user")].map {
      "{\"type\":\"\($2)\",\"uuid\":\"\($0)\",\"parentUuid\":\($1),\"sessionId\":\"\(id)\"}\n"
    }
    Scratch.write(rows.joined(), to: path)
    var known = entry(id, bytes: 10)
    known.path = path
    await fixture.sessions.put(known)
    let answer = await fixture.ask(.post, "/api/v1/sessions/\(id)/fork", body: #"{"message_uuid":"u2"}"#)
    #expect(answer.status == 201)
    let fork = try #require(answer.json["session_id"]?.string)
    #expect(answer.json.member("session", "fork_point")?.string == "u2")
    _ = try await until("it is idle") { await status(fixture, fork) == "idle" ? true : nil }
    #expect(try await terminal(fixture, fork).request.arguments.suffix(2) == ["--resume", fork])
    let copy = Scratch.read(fixture.directory + "/\(fork).jsonl")
    #expect(copy == rows[..<2].joined().replacing(id, with: fork))

    let back = await fixture.ask(.post, "/api/v1/sessions/\(id)/rewind", body: #"{"message_uuid":"a1"}"#)
    #expect(back.status == 202 && back.json["files_restored"]?.bool == false)
    let bound = try #require(await fixture.sessions.bound.last)
    #expect(bound[0] == id && bound[2] == fixture.directory + "/\(bound[1]).jsonl")
    #expect(Scratch.read(bound[2]) == rows[..<2].joined().replacing(id, with: bound[1]))

    for (uuid, code) in [
      ("u1", "FORK_UNSUPPORTED"), ("none", "RECORD_NOT_FOUND"), ("abcd0001-5", "RECORD_NOT_FOUND"),
    ] {
      let body = "{\"checkpoint_id\":\"\(uuid)\"}"
      #expect(await fixture.ask(.post, "/sessions/\(id)/fork", body: body).code == code)
      #expect(await fixture.ask(.post, "/sessions/\(id)/rewind", body: body).code == code)
    }
    #expect(await fixture.ask(.post, "/sessions/\(id)/rewind", body: "{}").code == "VALIDATION_ERROR")
    await fixture.sessions.put(entry("found", cwd: "/", bytes: 10))
    await fixture.sessions.put(entry("other", agent: .codex, cwd: "/", bytes: 10))
    let one = #"{"message_uuid":"u"}"#
    #expect(await fixture.ask(.post, "/sessions/found/rewind", body: one).code == "SESSION_NOT_MANAGED")
    #expect(await fixture.ask(.post, "/sessions/other/fork", body: one).code == "FORK_UNSUPPORTED")
  }

  @Test("An agent's session is resumed once: whose it is already is said")
  func resume() async throws {
    let fixture = try await Fixture([entry("native", bytes: 10)])
    let id = try await started(fixture, "\"native_session_id\":\"native\"")
    #expect(id == "native")
    #expect(try await terminal(fixture, id).request.arguments.suffix(2) == ["--resume", "native"])
    let again = await fixture.ask(
      .post, "/sessions", body: "{\"project_path\":\"/tmp\",\"native_session_id\":\"native\"}")
    #expect(again.status == 409 && again.code == "NATIVE_SESSION_OWNED")
  }

  @Test("Tidying up forgets what ended long ago and nothing else")
  func cleanup() async throws {
    let fixture = try await Fixture()
    let open = try await started(fixture)
    let closed = try await started(fixture)
    #expect(await fixture.ask(.post, "/sessions/\(closed)/kill").status == 204)
    #expect(await fixture.ask(.post, "/sessions/cleanup").json["cleaned"]?.int == 0)
    let all = await fixture.ask(.post, "/sessions/cleanup", body: "{\"older_than_hours\":0}")
    #expect(all.json["session_ids"]?.elements.compactMap(\.string) == [closed])
    #expect(await status(fixture, open) == "idle")
    let patches = await fixture.ask(.get, "/sessions/patches").json["patches"]?.elements ?? []
    #expect(patches.compactMap { $0["session_id"]?.string } == [open])
  }
}
