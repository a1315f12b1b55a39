import Testing
import Wire

@testable import Control
@testable import StreamServer

/// A proxy asks for a person: owners may do everything, members what is theirs and what is shared (API section 8).
@Suite struct PersonTests {
  private static let member = [(name: "x-web-user-email", value: "bob@example.org")]
  private static let owner = member + [(name: "x-web-user-role", value: "owner")]

  /// The canonical paths of a route with its parameters filled in.
  private static func path(_ operation: Operation, session: String) -> String {
    let filled = operation.patterns[0].text.split(separator: "/").map { part in
      switch part {
      case "{id}": session
      case "{cursor}": "abcd0001-5"
      case let part where part.hasPrefix("{"): "x"
      case let part: String(part)
      }
    }
    return operation.mounts[0].rawValue + "/" + filled.joined(separator: "/")
  }

  @Test("No route of a session shows or changes one that is not the member's")
  func routes() async throws {
    let fixture = try await Fixture([entry("s1", title: "Secret")])
    let routes = RouteTable.operations.filter {
      $0.absence == nil && $0.patterns[0].text.hasPrefix("sessions/{id}")
    }
    #expect(routes.count >= 4)
    for route in routes {
      let path = Self.path(route, session: "s1")
      let refused = await fixture.ask(
        route.method, path, headers: Self.member, body: route.isMutation ? "{}" : "")
      #expect(refused.code == "SESSION_NOT_FOUND", "\(route.method.name) \(path)")
      #expect(!refused.text.contains("Secret"))
    }
    #expect(await fixture.ask(.get, "/sessions/s1", headers: Self.owner).status == 200)
  }

  @Test(
    "A session that a member starts is the member's; others see it once it is shared, and change it never")
  func ownSessions() async throws {
    let fixture = try await Fixture { $0.projectRoots = ["/tmp"] }
    let ann = [(name: "x-web-user-email", value: "ann@example.org")]
    #expect(await fixture.ask(.post, "/api/v1/projects", body: #"{"name":"p","path":"/tmp"}"#).status == 201)
    let body = #"{"project_path":"/tmp","agent":"claude","human_email":"bob@example.org"}"#
    let made = await fixture.ask(.post, "/api/v1/sessions", headers: ann, body: body)
    let id = try #require(made.json["session_id"]?.string)
    func status(
      _ method: Wire.Method, _ path: String, _ who: [(name: String, value: String)], _ body: String = ""
    )
      async -> Int
    {
      await fixture.ask(method, "/api/v1/sessions\(path)", headers: who, body: body).status
    }
    func listed(_ who: [(name: String, value: String)]) async -> Int? {
      await fixture.ask(.get, "/api/v1/sessions", headers: who).json["total"]?.int.map(Int.init)
    }
    #expect(await [listed(ann), listed(Self.member), listed(Self.owner)] == [1, 0, 1])
    #expect(await status(.get, "/\(id)", Self.member) == 404)
    let resumed = "{\"project_path\":\"/tmp\",\"native_session_id\":\"\(id)\"}"
    #expect(await status(.post, "", Self.member, resumed) == 404)
    #expect(await status(.patch, "/\(id)", ann, #"{"visibility":"shared"}"#) == 200)
    #expect(await listed(Self.member) == 1)
    #expect(await status(.get, "/\(id)", Self.member) == 200)
    #expect(await fixture.stream(.get, "/sessions/\(id)/stream", headers: Self.member) != nil)
    #expect(await status(.patch, "/\(id)", Self.member, #"{"visibility":"private"}"#) == 403)
    #expect(await status(.delete, "/\(id)", Self.member) == 403)
    #expect(await status(.delete, "/\(id)", ann) == 204)
  }

  @Test("A member starts agents in registered projects only, never in a mode that acts unasked, and no shell")
  func starting() async throws {
    let fixture = try await Fixture { rules in
      rules.projectRoots = ["/"]
      rules.lifecycle.agents["claude"]?.permissionModes = ["plan=--plan", "bypassPermissions=--all"]
        .compactMap { AgentProfile.Mode($0) }
    }
    func begin(_ more: String, _ who: [(name: String, value: String)]) async -> Answer {
      await fixture.ask(.post, "/api/v1/sessions", headers: who, body: "{\"agent\":\"claude\",\(more)}")
    }
    func rule(_ answer: Answer) -> String? {
      answer.code == "FORBIDDEN" ? answer.json.member("error", "details", "rule")?.string : nil
    }
    let anywhere = await begin(#""project_path":"/usr/share""#, Self.member)
    #expect(rule(anywhere) == "registered_projects" && anywhere.text.contains("POST projects"))
    let draft = #"{"name":"share","path":"/usr/share"}"#
    #expect(
      await fixture.ask(.post, "/api/v1/projects", headers: Self.member, body: draft).code == "FORBIDDEN")
    #expect(await fixture.ask(.post, "/api/v1/projects", headers: Self.owner, body: draft).status == 201)
    // A name that only begins like the project's is another directory.
    #expect(rule(await begin(#""project_path":"/usr""#, Self.member)) == "registered_projects")
    let unasked = await begin(
      #""project_path":"/usr/share","permission_mode":"bypassPermissions""#, Self.member)
    #expect(rule(unasked) == "member_modes" && unasked.text.contains("sessions.member_modes"))
    let shell = await begin(#""project_path":"/usr/share","launch_kind":"empty""#, Self.member)
    #expect(rule(shell) == "no_shell")
    let made = await begin(
      #""project_path":"/usr/share","subdir":"doc","permission_mode":"plan""#, Self.member)
    #expect(made.status == 201, "\(made.text)")
    let id = try #require(made.json["session_id"]?.string)
    let body = #"{"permission_mode":"bypassPermissions"}"#
    let changed = await fixture.ask(
      .post, "/api/v1/sessions/\(id)/control", headers: Self.member, body: body)
    #expect(rule(changed) == "member_modes")
    let owned = await begin(#""project_path":"/usr","permission_mode":"bypassPermissions""#, Self.owner)
    #expect(owned.status == 201)
  }

  @Test("A sub-agent's session belongs to whom the session belongs that it works for, and is seen with it")
  func subagents() async throws {
    let fixture = try await Fixture { $0.projectRoots = ["/tmp"] }
    #expect(await fixture.ask(.post, "/api/v1/projects", body: #"{"name":"p","path":"/tmp"}"#).status == 201)
    let ann = [(name: "x-web-user-email", value: "ann@example.org")]
    let body = #"{"project_path":"/tmp","agent":"claude"}"#
    let made = await fixture.ask(.post, "/api/v1/sessions", headers: ann, body: body)
    let id = try #require(made.json["session_id"]?.string)
    // One that works for the session, and one that works for that one.
    for (name, parent) in [("child", id), ("grandchild", "child"), ("loop", "loop")] {
      let child = entry(name, parent: parent)
      await fixture.sessions.put(child)
      await fixture.plane.news(.created(child))
    }
    func status(_ path: String, _ who: [(name: String, value: String)]) async -> Int {
      await fixture.ask(.get, "/api/v1/sessions/\(path)", headers: who).status
    }
    for name in ["child", "grandchild"] {
      let shown = await fixture.ask(.get, "/api/v1/sessions/\(name)", headers: ann)
      #expect(shown.json.member("session", "human_email")?.string == "ann@example.org", "\(shown.text)")
      #expect(await status(name, Self.member) == 404)
    }
    #expect(await status("loop", ann) == 404)
    #expect(await fixture.ask(.get, "/api/v1/sessions", headers: ann).json["total"]?.int == 3)
    let labelled = await fixture.ask(
      .patch, "/api/v1/sessions/child", headers: ann, body: #"{"title":"T","visibility":"shared"}"#)
    #expect(labelled.code == "VALIDATION_ERROR")
    #expect(
      await fixture.ask(.patch, "/api/v1/sessions/child", headers: ann, body: #"{"title":"T"}"#).status == 200
    )
    #expect(await status("child", ann) == 200)
    let shared = await fixture.ask(
      .patch, "/api/v1/sessions/\(id)", headers: ann, body: #"{"visibility":"shared"}"#)
    #expect(shared.status == 200)
    for name in ["child", "grandchild"] {
      let seen = await fixture.ask(.get, "/api/v1/sessions/\(name)", headers: Self.member)
      #expect(seen.json.member("session", "visibility")?.string == "shared", "\(seen.text)")
    }
    #expect(await fixture.ask(.get, "/api/v1/sessions", headers: Self.member).json["total"]?.int == 3)
  }

  @Test("Lists, searches and suggestions leave out what a member may not see")
  func lists() async throws {
    let fixture = try await Fixture([entry("s1", title: "Secret")]) { $0.search.enabled = true }
    try await until("the index is done") {
      let health = await fixture.ask(.get, "/health").json
      return health.member("search", "status")?.string == "idle" ? () : nil
    }
    for path in [
      "/sessions", "/api/v1/sessions?search=word30", "/search?q=word30", "/autocomplete?query=@secr",
    ] {
      #expect(await fixture.ask(.get, path, headers: Self.owner).text.contains("Secret"), "\(path)")
      let seen = await fixture.ask(.get, path, headers: Self.member)
      #expect(seen.status == 200 && !seen.text.contains("Secret"), "\(path)")
    }
    #expect(await fixture.ask(.get, "/api/v1/sessions", headers: Self.member).json["total"]?.int == 0)
    #expect(await fixture.ask(.get, "/search?q=word30", headers: Self.member).json["total"]?.int == 0)
  }

  @Test("Streams of what a member may not see are refused")
  func streams() async throws {
    let fixture = try await Fixture([entry("s1")])
    for path in [
      "/sessions/s1/stream", "/api/v1/stream?session=s1", "/api/chat/stream?session_id=s1",
      "/events?session_id=s1",
    ] {
      #expect(await fixture.ask(.get, path, headers: Self.member).code == "SESSION_NOT_FOUND", "\(path)")
      #expect(await fixture.stream(.get, path, headers: Self.owner) != nil, "\(path)")
    }
    let body = #"{"sessionId":"s1","messages":[]}"#
    let chat = await fixture.ask(.post, "/api/chat/stream", headers: Self.member, body: body)
    #expect(chat.code == "SESSION_NOT_FOUND")
    #expect(await fixture.stream(.post, "/api/chat/stream", headers: Self.owner, body: body) != nil)
  }

  @Test("What concerns the server and everybody on it is for owners")
  func owners() async throws {
    let fixture = try await Fixture()
    let routes = RouteTable.operations.filter { $0.access == .owners }
    #expect(routes.count >= 15)
    for route in routes {
      let path = Self.path(route, session: "x")
      let refused = await fixture.ask(
        route.method, path, headers: Self.member, body: route.isMutation ? "{}" : "")
      #expect(refused.code == "FORBIDDEN", "\(route.method.name) \(path)")
    }
    // Whoever names the program of an MCP server has it run when an owner asks that one.
    let server = await fixture.ask(
      .post, "/mcp-servers", headers: Self.member, body: #"{"name":"m","command":"/bin/sh"}"#)
    #expect(server.code == "FORBIDDEN")
    #expect(await fixture.ask(.get, "/events", headers: Self.member).code == "FORBIDDEN")
    #expect(fixture.shutdowns.values.isEmpty)
    #expect(await fixture.ask(.get, "/auth/keys", headers: Self.owner).status == 200)
  }
}
