import Testing
import Wire

@testable import Control
@testable import StreamServer
@testable import Tail

/// What TeleClaude's clients read at the mount without a prefix (API section 9): request, status, and the form of the
/// body, one row after the other.
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

  @Test("Each request has TeleClaude's status and body", arguments: ShapeRow.tables.keys.sorted())
  func shapes(of part: String) async throws {
    let folder = Folder(directories: ["app/todos/one"])
    let message = Message(
      role: .assistant,
      blocks: [
        .thinking(JSONSlice(string: "hm")), .text(JSONSlice(string: "ok")),
        .toolUse(ToolUse(id: "t", name: "Bash", input: JSONSlice(Array("{}".utf8)))),
      ])
    let fixture = try await Fixture(
      [entry("s1", title: "One", cwd: folder.path + "/app")], history: HistoryModel([[.message(message)]]),
      hooks: ReceiverModel()
    ) {
      $0.people = { .success([Person(name: "Ann", email: "a@x", role: "owner", username: nil)]) }
      $0.projectRoots = [folder.path]
      $0.browseRoot = folder.path
      // Deliveries are shown as they wait.
      $0.hooks.enabled = false
    }
    var known: [String: String] = ["root": folder.path]
    for row in ShapeRow.tables[part] ?? [] {
      let answer = await fixture.ask(
        row.method, row.filled(row.path, known), body: row.filled(row.body, known))
      #expect(answer.status == row.status, "\(row.method.name) \(row.path): \(answer.text)")
      #expect(Self.form(answer.json) == row.form, "\(row.method.name) \(row.path)")
      for name in ShapeRow.captured where (200..<300).contains(answer.status) {
        known[name] = answer.json[name]?.description.filter { $0 != "\"" } ?? known[name]
      }
      if answer.status == 201 || answer.status == 202 { await settled(fixture, answer.json) }
    }
  }

  /// Waits until what an answer has promised is done, so that the rows after it see one state.
  private func settled(_ fixture: Fixture, _ promised: JSONSlice) async {
    if let id = promised["operation_id"]?.string {
      while await fixture.ask(.get, "/operations/\(id)").json["state"]?.string == "running" {}
    } else if let id = promised["session_id"]?.string {
      while await fixture.ask(.get, "/sessions/\(id)").json["status"]?.string == "initializing" {}
    }
  }

  @Test("Every route that is served without a prefix has a row")
  func complete() {
    let rows = ShapeRow.tables.values.joined()
    let router = Router(RouteTable.all)
    var tried: Set<String> = []
    for row in rows {
      let path = row.filled(row.path, [:]).split(separator: "?")[0]
      if case .found(let route, .root, _) = router.match(row.method, String(path)) {
        tried.insert("\(row.method.name) \(route.operation.patterns[0].text)")
      }
    }
    let served = RouteTable.operations.filter { operation in
      operation.absence == nil && operation.mounts.contains(.root) && operation.delivery == .response
        && !ShapeRow.elsewhere.contains(operation.patterns[0].text)
    }.map { "\($0.method.name) \($0.patterns[0].text)" }
    #expect(served.filter { !tried.contains($0) && !ShapeRow.elsewhere.contains($0) } == [])
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
