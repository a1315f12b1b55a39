import Glibc
import Testing
import Wire

@testable import Control
@testable import StreamServer

@Suite struct RouteTableTests {
  private static let document = RouteTable.document(version: "0.1.0")

  private static var json: JSONSlice { JSONSlice(validating: document) ?? .null }

  /// Method and path of every operation in the document.
  private static func documented() -> Set<String> {
    var found: Set<String> = []
    json["paths"]?.forEachMember { path, item in
      item.forEachMember { method, _ in found.insert(method.uppercased() + " " + path) }
    }
    return found
  }

  private static func declared() -> Set<String> {
    Set(
      RouteTable.operations.flatMap { operation in
        operation.paths.map { "\(operation.method.name) \($0.path)" }
      })
  }

  @Test("The document has every route of the table and no other")
  func complete() {
    #expect(Self.documented() == Self.declared())
    #expect(Self.declared().count > 300)
  }

  @Test("The server answers every path of the document, and 501 for those that are not served")
  func served() async throws {
    let fixture = try await Fixture([entry("a")])
    for operation in RouteTable.operations {
      for (_, path, pattern) in operation.paths {
        var target = path
        for name in pattern.parameters { target = target.replacing("{\(name)}", with: "a") }
        let reply = await fixture.send(operation.method, target)
        guard case .response(let response) = reply else { continue }
        let code = JSONSlice(validating: response.body)?["error"]?["code"]?.string
        #expect(
          code != "ROUTE_NOT_FOUND" && code != "METHOD_NOT_ALLOWED", "\(operation.method.name) \(target)")
        #expect(
          (code == "NOT_IMPLEMENTED") == (operation.absence != nil), "\(operation.method.name) \(target)")
        if let code, let problem = ProblemCode(rawValue: code) {
          let allowed = operation.errors + OpenAPIDocument.common + [.validationError]
          #expect(allowed.contains(problem), "\(operation.method.name) \(target) answers \(code)")
        }
      }
    }
    #expect(fixture.notes.values.filter { $0.contains("does not declare") } == [])
  }

  @Test("A route that reads a parameter without declaring it gets none, and the log tells")
  func undeclared() throws {
    let told = Collected<String>()
    let operation = try #require(RouteTable.operations.first { $0.patterns[0].text == "healthz" })
    let call = Call(
      request: Request(
        id: "r", head: RequestHead(method: .get, target: "/healthz?tail=5", headers: Headers([])), body: [],
        peer: .unix(uid: 7)),
      operation: operation, mount: .root, captures: [:],
      caller: Caller(identity: .nobody, peer: .unix(uid: 7), address: "uid 7"),
      undeclared: { told.append([$0]) })
    #expect(call.number("tail") == nil)
    #expect(told.values == ["GET healthz reads tail, which it does not declare"])
  }

  @Test("A route that is not served says why")
  func reasons() async throws {
    let fixture = try await Fixture()
    let answer = await fixture.ask(.get, "/api/v1/orchestrators")
    #expect(answer.status == 501)
    #expect(answer.json.member("error", "details", "reason")?.string == "it belongs to an agent runtime")
    #expect(
      await fixture.ask(.get, "/issues").json.member("error", "details", "reason")?.string?.isEmpty == false)
  }

  @Test("Every reading route of the API is served")
  func reading() {
    let served = Set(
      RouteTable.operations.filter { $0.absence == nil }
        .flatMap { operation in operation.paths.map { "\(operation.method.name) \($0.path)" } })
    for route in [
      "GET /healthz", "GET /readyz", "GET /health", "GET /api/health", "GET /metrics", "GET /openapi.json",
      "GET /api/v1/openapi.json", "GET /docs", "POST /shutdown", "GET /version", "GET /observability",
      "GET /sessions",
      "GET /api/sessions", "GET /api/v1/sessions", "GET /sessions/{id}", "GET /sessions/{id}/messages",
      "GET /api/v1/sessions/{id}/conversation", "GET /api/v1/sessions/{id}/records/{cursor}",
      "GET /api/v1/sessions/{id}/stream", "GET /api/v1/stream", "POST /api/chat/stream", "POST /api/chat",
      "GET /api/chat/stream", "GET /api/v1/events", "GET /events", "GET /ws", "GET /api/v1/ws",
      "GET /api/execute",
      "GET /search", "GET /api/v1/search", "POST /ws-ticket", "GET /auth/whoami", "GET /",
    ] { #expect(served.contains(route), "\(route)") }
  }

  @Test("Operation ids are unique and references lead somewhere")
  func references() {
    var ids: [String] = []
    Self.json["paths"]?.forEachMember { _, item in
      item.forEachMember { _, operation in ids.append(operation["operationId"]?.string ?? "") }
    }
    #expect(Set(ids).count == ids.count)
    let schemas = Set(Schemas.all.map(\.name))
    let text = String(decoding: Self.document, as: UTF8.self)
    for reference in text.split(separator: "#/components/schemas/").dropFirst() {
      let name = String(reference.prefix { $0 != "\"" })
      #expect(schemas.contains(name), "\(name)")
    }
    var responses: Set<String> = []
    Self.json.member("components", "responses")?.forEachMember { name, _ in responses.insert(name) }
    for reference in text.split(separator: "#/components/responses/").dropFirst() {
      #expect(responses.contains(String(reference.prefix { $0 != "\"" })))
    }
    for schema in Schemas.all { #expect(JSONSlice(validating: schema.json.bytes) != nil, "\(schema.name)") }
  }

  @Test("Every parameter of a path is declared by the pattern that has it")
  func parameters() {
    for operation in RouteTable.operations where operation.absence == nil {
      for parameter in operation.parameters where parameter.place == .path {
        for pattern in operation.patterns { #expect(pattern.parameters.contains(parameter.name)) }
      }
    }
  }

  @Test("docs/openapi.json is the document of the table; TAILCAST_WRITE=1 writes it anew")
  func committed() throws {
    let path =
      #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
      + "/docs/openapi.json"
    if getenv("TAILCAST_WRITE") != nil {
      let file = try #require(fopen(path, "w"))
      fwrite(Self.document, 1, Self.document.count, file)
      fclose(file)
    }
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: Self.document.count + 1)
    bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
    // Not compared inside the macro: it would print both documents byte by byte.
    let isSame = bytes == Self.document
    #expect(isSame, "docs/openapi.json is of another table")
  }

  @Test("The document is served with its tag, and not again to who has it")
  func tagged() async throws {
    let fixture = try await Fixture()
    let first = await fixture.ask(.get, "/openapi.json")
    let tag = try #require(first.headers["etag"])
    let second = await fixture.ask(
      .get, "/api/v1/openapi.json", headers: [("if-none-match", "\"x\", W/\(tag)")])
    #expect(second.status == 304)
    #expect(second.body.isEmpty)
    #expect(await fixture.ask(.get, "/openapi.json", headers: [("if-none-match", "\"x\"")]).status == 200)
  }
}
