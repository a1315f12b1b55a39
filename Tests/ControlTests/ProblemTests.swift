import Testing
import Wire

@testable import Control
@testable import StreamServer

@Suite struct ProblemTests {
  @Test("Every code has the status of its kind and one shape", arguments: ProblemCode.allCases)
  func shape(code: ProblemCode) {
    let response = Problem(code, "no", inner: "secret").response(requestID: "r1", mount: .v1)
    #expect(response.status == code.kind.status)
    #expect((400...599).contains(response.status))
    let json = JSONSlice(validating: response.body)
    #expect(json?.member("error", "code")?.string == code.rawValue)
    #expect(json?.member("error", "kind")?.string == code.kind.rawValue)
    #expect(json?.member("error", "request_id")?.string == "r1")
    #expect(json?["detail"] == nil)
    #expect(!String(decoding: response.body, as: UTF8.self).contains("secret"))
    let root = JSONSlice(validating: Problem(code, "no").response(requestID: "r1", mount: .root).body)
    #expect(root?["detail"]?.string == "no")
  }

  @Test(
    "Each status of a decoder's fault keeps its status", arguments: [400, 408, 413, 414, 417, 431, 501, 505])
  func faults(status: Int) {
    let problem = Problem(HTTPFault(status: status, reason: "why"), requestID: "r2")
    #expect(problem.status == status)
    #expect(JSONSlice(validating: problem.body())?.member("error", "request_id")?.string == "r2")
  }

  @Test(
    "Each refusal has its code",
    arguments: [
      ("GET", "/nothing", "ROUTE_NOT_FOUND"), ("DELETE", "/healthz", "METHOD_NOT_ALLOWED"),
      ("GET", "/sessions/none", "SESSION_NOT_FOUND"), ("GET", "/sessions/a.b", "VALIDATION_ERROR"),
      ("GET", "/sessions?page=0", "VALIDATION_ERROR"), ("GET", "/sessions?page_size=101", "VALIDATION_ERROR"),
      ("GET", "/sessions?sort=name", "VALIDATION_ERROR"), ("GET", "/sessions?all=maybe", "VALIDATION_ERROR"),
      ("GET", "/sessions/a/messages?after=x", "INVALID_CURSOR"),
      ("GET", "/sessions/a/messages?limit=501", "VALIDATION_ERROR"),
      ("GET", "/sessions/a/messages?since=yesterday", "VALIDATION_ERROR"),
      ("GET", "/sessions/a/records/abcd0001-10", "RECORD_NOT_FOUND"),
      ("GET", "/sessions/a/records/x", "INVALID_CURSOR"),
      ("GET", "/sessions/a/stream?after=x", "INVALID_CURSOR"),
      ("GET", "/sessions/none/stream", "SESSION_NOT_FOUND"),
      ("GET", "/sessions/a/stream?view=x", "VALIDATION_ERROR"),
      ("GET", "/sessions/bad/messages", "TRANSCRIPT_UNREADABLE"), ("GET", "/search", "VALIDATION_ERROR"),
      ("GET", "/ws", "UPGRADE_REQUIRED"), ("GET", "/events?after=1", "INVALID_CURSOR"),
      ("GET", "/orchestrators", "NOT_IMPLEMENTED"), ("GET", "/sessions/%zz", "VALIDATION_ERROR"),
      ("GET", "/?ticket=used", "INVALID_API_KEY"),
    ])
  func codes(method: String, target: String, code: String) async throws {
    let fixture = try await Fixture([entry("a"), entry("bad", status: .unreadable)])
    let answer = await fixture.ask(Method(method), target)
    #expect(answer.code == code)
    #expect(answer.status == ProblemCode(rawValue: code)?.kind.status)
    #expect(answer.json["error"]?["request_id"]?.string == "request-1")
    #expect(fixture.accessed.values.last?.code == code)
  }

  @Test("A wrong method names the right ones")
  func allow() async throws {
    let fixture = try await Fixture()
    #expect(await fixture.ask(.delete, "/api/v1/healthz").headers["allow"] == "GET, HEAD")
  }

  @Test("A body must be JSON, an object, and within the limit")
  func bodies() async throws {
    let fixture = try await Fixture([entry("a")]) { $0.bodyBytes = 100 }
    let path = "/api/chat"
    let plain = [(name: "content-type", value: "text/plain")]
    #expect(await fixture.ask(.post, path, headers: plain, body: "{}").code == "UNSUPPORTED_MEDIA_TYPE")
    for body in ["[]", "{", "{} {}"] {
      #expect(await fixture.ask(.post, path, body: body).code == "VALIDATION_ERROR")
    }
    #expect(await fixture.ask(.post, path).code == "VALIDATION_ERROR")
    let long = "{\"session_id\":\"a\"," + String(repeating: " ", count: 100) + "\"x\":1}"
    #expect(await fixture.ask(.post, path, body: long).code == "PAYLOAD_TOO_LARGE")
  }

  @Test("A request that takes too long is answered 504")
  func timeout() async throws {
    let history = HistoryModel([[said("x")]], hangs: true)
    let fixture = try await Fixture([entry("a")], history: history) { $0.requestTimeout = .milliseconds(20) }
    #expect(await fixture.ask(.get, "/sessions/a/messages").code == "TIMEOUT")
    await history.release()
  }

  @Test("Too many requests are told when to come back; a stream is told so by a stream")
  func rateLimit() async throws {
    let fixture = try await Fixture([entry("a")]) { rules in
      rules.gate.rates.loopback = true
      rules.gate.rates.sessions = 1
      rules.gate.rates.streaming = 1
    }
    #expect(await fixture.ask(.get, "/sessions").headers["x-ratelimit-remaining"] == "0")
    let refused = await fixture.ask(.get, "/sessions")
    #expect(refused.code == "RATE_LIMIT_EXCEEDED")
    #expect(refused.headers["retry-after"] == "60")
    #expect(
      await fixture.stream(.get, "/sessions/a/stream")?.headers.contains { $0.name == "x-ratelimit-limit" }
        == true)
    let brief = await fixture.ask(.get, "/sessions/a/stream")
    #expect(brief.status == 200)
    #expect(brief.headers["content-type"] == "text/event-stream")
    #expect(brief.text.hasPrefix("retry: 60000\n\nevent: bye\ndata: {\"reason\":\"rate_limit\""))
    let ui = await fixture.ask(.post, "/api/chat", body: "{\"session_id\":\"a\"}")
    #expect(ui.text.contains("data: {\"type\":\"error\"") && ui.text.hasSuffix("data: [DONE]\n\n"))
  }
}
