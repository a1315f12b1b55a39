import Store
import Testing
import Wire

@testable import Control
@testable import StreamServer
@testable import Tail

@Suite struct StreamRouteTests {
  private static let cursor = Cursor(epoch: Epoch(0xabcd_0001), offset: 20)

  private func start(_ plan: StreamPlan?) -> StartPoint? {
    if case .transcript(_, let start) = plan?.content { return start }
    return nil
  }

  @Test(
    "Last-Event-ID beats after, after beats since_timestamp, since_timestamp beats tail",
    arguments: [
      ("", nil, StartPoint.beginning), ("tail=5", nil, .tail(5)),
      ("tail=5&since_timestamp=1000", nil, .since(milliseconds: 1000, after: false)),
      ("since_timestamp=1970-01-01T00:00:01Z&since_mode=after", nil, .since(milliseconds: 1000, after: true)),
      ("tail=5&since_timestamp=1000&after=abcd0001-20", nil, .cursor(cursor)),
      ("after=abcd0001-99", "abcd0001-20", .cursor(cursor)), ("after=abcd0001-20", "", .cursor(cursor)),
      ("after=", nil, .beginning),
    ] as [(String, String?, StartPoint)])
  func precedence(query: String, lastEventID: String?, expected: StartPoint) async throws {
    let fixture = try await Fixture([entry("a")])
    let headers = lastEventID.map { [(name: "Last-Event-ID", value: $0)] } ?? []
    for path in ["/sessions/a/stream?", "/api/v1/sessions/a/stream?", "/api/chat/stream?session_id=a&"] {
      #expect(start(await fixture.stream(.get, path + query, headers: headers)) == expected)
    }
  }

  @Test("View, include and until are passed on")
  func choices() async throws {
    let fixture = try await Fixture([entry("a")])
    let plan = try #require(
      await fixture.stream(.get, "/sessions/a/stream?view=ui&include=text,meta&until=turn"))
    #expect(plan.view == .ui && plan.include == [.text, .meta] && plan.untilTurn)
    let plain = try #require(await fixture.stream(.get, "/sessions/a/stream"))
    #expect(plain.view == .events && plain.include == .standard && !plain.untilTurn)
    #expect(try #require(await fixture.stream(.get, "/api/chat/stream?session_id=a")).view == .ui)
  }

  @Test("An unreadable Last-Event-ID is refused, not ignored")
  func garbage() async throws {
    let fixture = try await Fixture([entry("a")])
    for id in ["x", "ABCD0001-1", "abcd0001-01", "abcd0001-1.0", "abcd0001--1", "a:abcd0001-1"] {
      #expect(
        await fixture.ask(.get, "/sessions/a/stream", headers: [("last-event-id", id)]).code
          == "INVALID_CURSOR")
    }
  }

  @Test("Several sessions stream together, each from its own position")
  func several() async throws {
    let fixture = try await Fixture([entry("a"), entry("b"), entry("c")]) { $0.maxStreamSessions = 3 }
    let target =
      "/api/v1/stream?session=a&session=b&session=a&session=c&tail=2&after=b:abcd0001-20,z:abcd0001-1"
    let plan = try #require(await fixture.stream(.get, target))
    guard case .transcripts(let starts) = plan.content else { throw Unexpected() }
    #expect(starts.map(\.session) == ["a", "b", "c"])
    #expect(starts.map(\.start) == [.tail(2), .cursor(Self.cursor), .tail(2)])
    #expect(await fixture.ask(.get, "/api/v1/stream?session=a&session=none").code == "SESSION_NOT_FOUND")
    #expect(await fixture.ask(.get, "/api/v1/stream").code == "VALIDATION_ERROR")
    #expect(await fixture.ask(.get, "/api/v1/stream?session=a&after=abcd0001-1").code == "INVALID_CURSOR")
    let many = "/api/v1/stream?session=a&session=b&session=c&session=d"
    #expect(await fixture.ask(.get, many).code == "VALIDATION_ERROR")
  }

  @Test(
    "A chat body streams unless it brings a new message",
    arguments: [
      ("{\"sessionId\":\"a\"}", nil), ("{\"session_id\":\"a\",\"messages\":[]}", nil),
      ("{\"session_id\":\"a\",\"messages\":null,\"after\":null}", nil),
      ("{\"session_id\":\"a\",\"messages\":[{\"role\":\"assistant\",\"content\":\"x\"}]}", nil),
      ("{\"session_id\":\"a\",\"messages\":[{\"role\":\"user\",\"content\":\" \"}]}", nil),
      ("{\"session_id\":\"none\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}", "SESSION_NOT_FOUND"),
      ("{}", "VALIDATION_ERROR"), ("{\"session_id\":1}", "VALIDATION_ERROR"),
      ("{\"session_id\":\"a/b\"}", "VALIDATION_ERROR"),
      ("{\"session_id\":\"a\",\"after\":\"x\"}", "INVALID_CURSOR"),
      ("{\"session_id\":\"a\",\"since_timestamp\":\"x\"}", "VALIDATION_ERROR"),
      ("{\"session_id\":\"a\",\"messages\":{}}", "VALIDATION_ERROR"),
    ] as [(String, String?)])
  func chat(body: String, code: String?) async throws {
    let fixture = try await Fixture([entry("a")])
    for path in ["/api/chat", "/api/chat/stream"] {
      if let code {
        #expect(await fixture.ask(.post, path, body: body).code == code)
      } else {
        let plan = try #require(await fixture.stream(.post, path, body: body))
        #expect(plan.view == .ui)
        #expect(start(plan) == .beginning)
      }
    }
  }

  @Test(
    "A new message in a chat body is queued, and the stream begins where the transcript ended",
    arguments: [
      "{\"session_id\":\"a\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
      "{\"sessionId\":\"a\",\"messages\":[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"text\":\"x\"}]}]}",
    ])
  func chatMessage(body: String) async throws {
    let fixture = try await Fixture([entry("a")])
    let facts = try await fixture.sessions.facts("a")
    let head = Cursor(epoch: try #require(facts.epoch), offset: facts.head)
    let plan = try #require(await fixture.stream(.post, "/api/chat", body: body))
    #expect(plan.view == .ui && plan.untilTurn)
    #expect(start(plan) == .cursor(head))
    let queued = try await fixture.store.read { (reader) throws(StoreError) in
      try reader.query("SELECT text FROM outgoing WHERE session_id = 'a'", row: { $0.text(0) })
    }
    #expect(queued == ["x"])
  }

  @Test("With compat=seed a new message is queued, and the whole history comes first")
  func seed() async throws {
    let fixture = try await Fixture([entry("a")])
    let body = "{\"session_id\":\"a\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"
    let plan = try #require(await fixture.stream(.post, "/api/chat?compat=seed", body: body))
    #expect(start(plan) == .beginning && !plan.untilTurn && plan.include.contains(.seed))
  }

  @Test("Resume streams the agent view from where the transcript ended")
  func resume() async throws {
    let fixture = try await Fixture([entry("a")])
    let facts = try await fixture.sessions.facts("a")
    let head = Cursor(epoch: try #require(facts.epoch), offset: facts.head)
    let target = "/api/v1/sessions/a/resume"
    let plan = try #require(await fixture.stream(.post, target, body: "{\"prompt\":\"x\"}"))
    #expect(plan.view == .agent && plan.untilTurn && start(plan) == .cursor(head))
    #expect(await fixture.ask(.post, target, body: "{}").code == "VALIDATION_ERROR")
    #expect(
      await fixture.ask(.post, "/api/v1/sessions/b/resume", body: "{\"prompt\":\"x\"}").code
        == "SESSION_NOT_FOUND")
  }

  @Test("A chat begins where its body says")
  func chatStart() async throws {
    let fixture = try await Fixture([entry("a")])
    let since = "{\"session_id\":\"a\",\"since_timestamp\":1000}"
    #expect(
      start(await fixture.stream(.post, "/api/chat", body: since)) == .since(milliseconds: 1000, after: false)
    )
    let after = "{\"session_id\":\"a\",\"since_timestamp\":1000,\"after\":\"abcd0001-20\"}"
    #expect(start(await fixture.stream(.post, "/api/chat", body: after)) == .cursor(Self.cursor))
  }

  @Test("The feed is filtered and resumed as asked")
  func feed() async throws {
    let fixture = try await Fixture()
    let target = "/events?topics=sessions,transcript&session_id=a&after=0000000f-7"
    let plan = try #require(await fixture.stream(.get, target, headers: [("last-event-id", "0000000f-9")]))
    guard case .feed(let feed) = plan.content else { throw Unexpected() }
    #expect(feed.topics == ["sessions", "transcript"])
    #expect(feed.session == "a")
    #expect(feed.after == FeedCursor(epoch: Epoch(15), sequence: 9))
  }

  @Test("A WebSocket opens by a right handshake only")
  func handshake() async throws {
    let fixture = try await Fixture()
    let right = [
      (name: "upgrade", value: "WebSocket"), (name: "connection", value: "keep-alive, Upgrade"),
      (name: "sec-websocket-version", value: "13"),
      (name: "sec-websocket-key", value: "dGhlIHNhbXBsZSBub25jZQ=="),
    ]
    let offer = (name: "sec-websocket-protocol", value: "other, tailcast.mux.v1")
    let uses: [(String, [(name: String, value: String)], WebSocketPlan.Use)] = [
      ("/ws", right, .topics), ("/api/v1/ws", right, .topics), ("/api/execute", right, .topics),
      ("/mux", right, .terminals(isBinary: false)),
      ("/mux", right + [offer], .terminals(isBinary: true)),
    ]
    for (path, headers, use) in uses {
      guard case .webSocket(let plan) = await fixture.send(.get, path, headers: headers) else {
        throw Unexpected()
      }
      #expect(plan.key == "dGhlIHNhbXBsZSBub25jZQ==")
      #expect(plan.use == use)
    }
    for left in 0..<right.count {
      var headers = right
      headers.remove(at: left)
      let code = await fixture.ask(.get, "/ws", headers: headers).code
      #expect(code == (left == 3 ? "VALIDATION_ERROR" : "UPGRADE_REQUIRED"))
    }
    var old = right
    old[2].value = "8"
    #expect(await fixture.ask(.get, "/ws", headers: old).headers["sec-websocket-version"] == "13")
    old = right
    old[3].value = "c2hvcnQ="
    #expect(await fixture.ask(.get, "/ws", headers: old).code == "VALIDATION_ERROR")
  }

  @Test("While the server drains a stream is told to come back")
  func draining() async throws {
    let fixture = try await Fixture([entry("a")])
    await fixture.plane.enter(.draining)
    let answer = await fixture.ask(.get, "/sessions/a/stream")
    #expect(answer.status == 200)
    #expect(answer.text.contains("event: bye\ndata: {\"reason\":\"unavailable\",\"retry_ms\":2000}"))
  }
}

struct Unexpected: Error {}
