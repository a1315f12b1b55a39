import Testing
import Wire

@testable import Control
@testable import StreamServer

/// What TeleClaude's clients read at the mount without a prefix (API section 9): request, status, and the form of the
/// body, for memory, settings, channels and inventory.
@Suite struct TeleClaudeShapeTests {
  /// A body with strings, numbers and truth values replaced by their kinds, and equal elements of lists by one.
  private static func form(_ json: JSONSlice) -> String {
    switch json.kind {
    case .string: return "s"
    case .number: return "n"
    case .bool: return "b"
    case .null: return "0"
    case .array: return "[" + Set(json.elements.map(form)).sorted().joined(separator: "|") + "]"
    case .object:
      var members: [String] = []
      json.forEachMember { members.append("\($0):\(form($1))") }
      return "{" + members.sorted().joined(separator: ",") + "}"
    }
  }

  private static let memory =
    "{concepts:[],created_at:s,facts:[],id:n,identity_key:0,narrative:s,project:s,record:0,session_id:0,tags:[],"
    + "text:s,title:s,type:s}"
  private static let error =
    "{detail:s,error:{code:s,details:{field:s,reason:s},kind:s,message:s,request_id:s,retryable:b}}"
  private static let agent =
    "{agent:s,available:b,degraded_until:0,error:0,reason:0,status:s,unavailable_until:0}"

  private static let table: [(Wire.Method, String, String, Int, String)] = [
    (.post, "/memory/save", #"{"text":"One. Two.","project":"p"}"#, 201, "{id:n,project:s,title:s}"),
    (.post, "/memory/save", #"{"text":"One. Two.","project":"p"}"#, 200, "{id:n,project:s,title:s}"),
    (.post, "/memory/save", "{}", 400, error),
    (.get, "/memory/search?query=one", "", 200, "[\(memory)]"),
    (.get, "/memory/search?query=one&limit=0", "", 400, error),
    (.get, "/memory/timeline?anchor=1", "", 200, "[\(memory)]"),
    (
      .get, "/memory/timeline?anchor=9", "", 404,
      "{detail:s,error:{code:s,details:{id:n},kind:s,message:s,request_id:s,retryable:b}}"
    ),
    (.post, "/memory/batch", #"{"ids":[1,2]}"#, 200, "[\(memory)]"),
    (.get, "/memory/inject?projects=p", "", 200, "s"),
    (.delete, "/memory/1", "", 200, "{deleted:n}"),
    (.get, "/settings", "", 200, "{pane_theming_mode:s,tts:{enabled:b}}"),
    (.patch, "/settings", #"{"tts":{"enabled":true}}"#, 200, "{pane_theming_mode:s,tts:{enabled:b}}"),
    (.patch, "/settings", #"{"pane_theming_mode":"loud"}"#, 400, error),
    (.post, "/channels/channel:p:t/publish", #"{"payload":{"x":1}}"#, 200, "{channel:s,message_id:s}"),
    (
      .get, "/channels", "", 200,
      "[{consumers:[],key:s,last_message_at:s,last_message_id:s,length:n,name:s,project:s,topic:s}]"
    ),
    (
      .get, "/computers", "", 200,
      "[{host:s,is_local:b,name:s,role:0,started_at:s,status:s,system_stats:0,tmux_binary:0,user:s}]"
    ),
    (.get, "/people", "", 200, "[{email:s,name:s,role:s,username:0}]"),
    (.get, "/projects", "", 200, "[]"),
    (.get, "/todos", "", 200, "[]"),
    (.get, "/agents/availability", "", 200, "{claude:\(agent),codex:\(agent),gemini:\(agent)}"),
    (.post, "/agents/codex/status", #"{"status":"available"}"#, 200, agent),
    (.post, "/agents/codex/status", #"{"status":"asleep"}"#, 400, error),
  ]

  @Test("Each request has TeleClaude's status and body")
  func shapes() async throws {
    let fixture = try await Fixture {
      $0.people = { .success([Person(name: "Ann", email: "a@x", role: "owner", username: nil)]) }
    }
    for (method, path, body, status, form) in Self.table {
      let answer = await fixture.ask(method, path, body: body)
      #expect(answer.status == status, "\(method.name) \(path)")
      #expect(Self.form(answer.json) == form, "\(method.name) \(path)")
    }
  }

  @Test("A slash at the end and HEAD make no difference")
  func tolerant() async throws {
    let fixture = try await Fixture()
    for path in ["/channels/", "/memory/", "/settings/", "/api/people/"] {
      #expect(await fixture.ask(.get, path).status == 200, "\(path)")
      #expect(await fixture.ask(.head, path).status == 200, "\(path)")
    }
  }

  @Test("A body of another type, or none, or too large a one is refused before anything is stored")
  func bodies() async throws {
    let fixture = try await Fixture { $0.bodyBytes = 1000 }
    for (path, method) in [
      ("/memory/save", Wire.Method.post), ("/settings", .patch), ("/channels/c/publish", .post),
      ("/projects", .post),
      ("/skills", .post), ("/auth/keys", .post),
    ] {
      let form = [(name: "content-type", value: "application/x-www-form-urlencoded")]
      #expect(await fixture.ask(method, path, headers: form, body: "a=b").status == 415, "\(path)")
      #expect(await fixture.ask(method, path, body: "").status == 400, "\(path)")
      let large = await fixture.ask(method, path, body: String(repeating: " ", count: 1001))
      #expect(large.status == 413 && large.code == "PAYLOAD_TOO_LARGE", "\(path)")
      let deep = String(repeating: "{\"a\":", count: 150) + "1" + String(repeating: "}", count: 150)
      #expect(await (200..<500).contains(fixture.ask(method, path, body: deep).status), "\(path)")
    }
    #expect(fixture.published.values.allSatisfy { $0.topic == "system" })
  }
}
