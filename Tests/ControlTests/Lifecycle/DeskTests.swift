import Testing
import Wire

@testable import Control
@testable import StreamServer

@Suite("Sessions that are started here")
struct DeskTests {
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
    _ = try await until("it is idle") { await fixture.status(of: id) == "idle" ? true : nil }
    let request = try await fixture.terminal(of: id).request
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
    let ended = try await fixture.started(state: "failed")
    #expect(
      await fixture.statusReason(of: ended) == "the agent ended at once, with code 2: Error: no API key / bye"
    )
    let missing = try await fixture.started("\"agent\":\"missing\"", state: "failed")
    #expect(await fixture.statusReason(of: missing)?.contains("agents.missing.command") == true)
    await fixture.terminals.fail(.notInstalled(program: "tmux"))
    let alone = try await fixture.started(state: "failed")
    #expect(await fixture.statusReason(of: alone)?.contains("install the package tmux") == true)
  }

  @Test("An agent's session is resumed once: whose it is already is said")
  func resume() async throws {
    let fixture = try await Fixture([entry("native", bytes: 10)])
    let id = try await fixture.started("\"native_session_id\":\"native\"")
    #expect(id == "native")
    #expect(try await fixture.terminal(of: id).request.arguments.suffix(2) == ["--resume", "native"])
    let again = await fixture.ask(
      .post, "/sessions", body: "{\"project_path\":\"/tmp\",\"native_session_id\":\"native\"}")
    #expect(again.status == 409 && again.code == "NATIVE_SESSION_OWNED")
  }

  @Test("A question on an agent's screen is its status until it is answered or the agent ends")
  func question() async throws {
    let fixture = try await Fixture()
    let id = try await fixture.started()
    let pane = try await fixture.terminal(of: id).facts.id
    let dialog = ["Shall I?", "❯ 1. Yes", "  2. No", "Esc to cancel"]
    await fixture.terminals.show(dialog, on: pane)
    let shown = try await until("it waits") { () -> JSONSlice? in
      let session = await fixture.ask(.get, "/api/v1/sessions/\(id)").json["session"]
      return session?["status"]?.string == "waiting_input" ? session : nil
    }
    #expect(shown["status_source"]?.string == "screen" && shown["activity"]?.string == "Shall I?")
    await fixture.terminals.show(["ready"], on: pane)
    _ = try await until("it is idle") { await fixture.status(of: id) == "idle" ? true : nil }
    await fixture.terminals.show(dialog, on: pane)
    _ = try await until("it waits") { await fixture.status(of: id) == "waiting_input" ? true : nil }
    await fixture.terminals.end(pane, .code(0))
    _ = try await until("it has ended") { await fixture.status(of: id) == "exited" ? true : nil }
    _ = try await until("nothing is asked") {
      await fixture.sessions.entry(id)?.reported == nil ? true : nil
    }
  }
}
