import Store
import StreamServer
import TestSupport
import Testing
import Wire

@testable import Control

/// Receivers as a script: what each address answers, in turns; the last answer stays.
actor ReceiverModel: HookTransport {
  nonisolated let requests = Collected<HookRequest>()
  private var answers: [String: [HookOutcome]]
  private var held: [String: [CheckedContinuation<Void, Never>]] = [:]
  private var holding: Set<String> = []

  init(_ answers: [String: [HookOutcome]] = [:]) { self.answers = answers }

  func hold(_ url: String) { holding.insert(url) }

  func release(_ url: String) {
    holding.remove(url)
    for continuation in held.removeValue(forKey: url) ?? [] { continuation.resume() }
  }

  func post(_ request: HookRequest) async -> HookOutcome {
    requests.append([request])
    if holding.contains(request.url) {
      await withCheckedContinuation { held[request.url, default: []].append($0) }
    }
    guard var left = answers[request.url], let next = left.first else {
      return .answered(status: 200, retryAfter: nil)
    }
    if left.count > 1 { left.removeFirst() }
    answers[request.url] = left
    return next
  }
}

@Suite("Webhooks")
struct WebhookTests {
  static let good = #"{"id":"one","target":{"url":"https://example.org/a","secret":"s"}}"#

  private static func announce(_ fixture: Fixture, _ topic: String, _ type: String, _ payload: String = "{}")
    async throws
  {
    try await fixture.plane.feed.commit { _ in
      ((), [Change(timestampMS: Fixture.nowMS, topic: topic, type: type, payload: payload)])
    }
  }

  @Test("A contract is made, listed without its secret, and ended")
  func life() async throws {
    let fixture = try await Fixture(hooks: ReceiverModel())
    let made = await fixture.ask(.post, "/api/v1/hooks/contracts", body: Self.good)
    #expect(made.status == 201)
    #expect(made.json.member("target", "signed")?.bool == true)
    #expect(await fixture.ask(.post, "/api/v1/hooks/contracts", body: Self.good).code == "HOOK_EXISTS")
    #expect(await fixture.ask(.post, "/api/v1/hooks/contracts?replace=true", body: Self.good).status == 201)
    let listed = await fixture.ask(.get, "/api/v1/hooks/contracts")
    #expect(listed.json["contracts"]?.elements.count == 1)
    #expect(!listed.text.contains("secret"))
    #expect(await fixture.ask(.get, "/hooks/contracts").json.elements.count == 1)
    #expect(await fixture.ask(.delete, "/api/v1/hooks/contracts/one").status == 200)
    #expect(await fixture.ask(.delete, "/api/v1/hooks/contracts/one").code == "HOOK_NOT_FOUND")
    let types = await fixture.published.first(4).map(\.type)
    #expect(types.suffix(3) == ["hook.created", "hook.created", "hook.deactivated"])
  }

  @Test(
    "What is no contract is refused with the field that is wrong",
    arguments: [
      (#"{}"#, 422, "target"), (#"{"target":{}}"#, 422, "target"),
      (#"{"target":{"handler":"x"}}"#, 422, "target"),
      (#"{"target":{"url":"https://a.org","handler":"x"}}"#, 422, "target"),
      (#"{"target":{"url":"ftp://a.org"}}"#, 422, "target.url"),
      (#"{"target":{"url":"http://127.0.0.1"}}"#, 422, "target.url"),
      (#"{"target":{"url":"https://a.org"},"ttl_seconds":0}"#, 422, "ttl_seconds"),
      (#"{"target":{"url":"https://a.org"},"ttl_seconds":"x"}"#, 400, "ttl_seconds"),
      (#"{"target":{"url":"https://a.org"},"properties":{"a":{"mach":"x"}}}"#, 422, "properties.a.mach"),
      (#"{"target":{"url":"https://a.org"},"properties":{"a":{"match":[]}}}"#, 422, "properties.a.match"),
      (#"{"target":{"url":"https://a.org"},"properties":{"a":{"match":3}}}"#, 400, "properties.a.match"),
      (#"{"target":{"url":"https://a.org"},"properties":{"a":1}}"#, 400, "properties.a"),
      (#"{"target":{"url":"https://a.org"},"source_criterion":{"match":"hooks"}}"#, 422, "source_criterion"),
      (#"{"id":"a b","target":{"url":"https://a.org"}}"#, 400, "id"),
    ])
  func refused(body: String, status: Int, field: String) async throws {
    let fixture = try await Fixture(hooks: ReceiverModel())
    let answer = await fixture.ask(.post, "/api/v1/hooks/contracts", body: body)
    #expect(answer.status == status, "\(answer.text)")
    #expect(answer.json.member("error", "details", "field")?.string == field, "\(answer.text)")
  }

  @Test(
    "An event goes to those that ask for it, signed, and its delivery is an event of the feed and of no hook")
  func delivered() async throws {
    let receivers = ReceiverModel()
    let fixture = try await Fixture(hooks: receivers)
    for (id, criteria) in [
      ("all", ""), ("closed", #","type_criterion":{"match":"session.closed"}"#),
      ("codex", #","properties":{"session.agent":{"match":"codex"}}"#),
      (
        "claude", #","source_criterion":{"pattern":"sess*"},"properties":{"session.agent":{"pattern":"cl*"}}"#
      ),
    ] {
      let body = #"{"id":"\#(id)","target":{"url":"https://example.org/\#(id)","secret":"s"}\#(criteria)}"#
      #expect(await fixture.ask(.post, "/api/v1/hooks/contracts", body: body).status == 201)
    }
    try await Self.announce(fixture, "sessions", "session.created", #"{"session":{"agent":"claude"}}"#)
    let requests = await receivers.requests.first(2)
    #expect(Set(requests.map(\.url)) == ["https://example.org/all", "https://example.org/claude"])
    let request = requests[0]
    #expect(request.timestamp == Fixture.nowMS / 1000)
    #expect(
      request.signature == HookSignature.of(request.body, timestamp: request.timestamp, secret: "s"))
    let ends = await fixture.published.first(8).filter { $0.type == "hook.delivered" }
    #expect(ends.count == 2)
    #expect(receivers.requests.values.count == 2)
    let page = await fixture.ask(.get, "/api/v1/hooks/deliveries?state=delivered")
    #expect(page.json["deliveries"]?.elements.count == 2)
    let vocabulary = await fixture.ask(.get, "/api/v1/hooks/properties")
    #expect(vocabulary.json["sources"]?.elements.compactMap(\.string) == ["sessions", "system"])
  }

  @Test("A receiver that hangs delays no other, and its own events keep their order")
  func parallel() async throws {
    let receivers = ReceiverModel()
    await receivers.hold("https://slow.org/")
    let fixture = try await Fixture(hooks: receivers)
    for name in ["slow", "fast"] {
      let body =
        #"{"id":"\#(name)","target":{"url":"https://\#(name).org/"},"source_criterion":{"match":"memory"}}"#
      #expect(await fixture.ask(.post, "/api/v1/hooks/contracts", body: body).status == 201)
    }
    for number in 1...5 { try await Self.announce(fixture, "memory", "memory.saved", #"{"n":\#(number)}"#) }
    let before = await receivers.requests.first(6)
    #expect(before.filter { $0.url == "https://slow.org/" }.count == 1)
    await receivers.release("https://slow.org/")
    let all = await receivers.requests.first(10)
    for name in ["slow", "fast"] {
      let numbers = all.filter { $0.url == "https://\(name).org/" }
        .compactMap { JSONSlice(validating: $0.body)?.member("payload", "n")?.int }
      #expect(numbers == [1, 2, 3, 4, 5])
    }
  }

  @Test("What fails is tried again when its time has come, then it is a dead letter that can be sent anew")
  func retried() async throws {
    let receivers = ReceiverModel([
      "https://example.org/a": [
        .answered(status: 500, retryAfter: nil), .answered(status: 404, retryAfter: nil),
      ]
    ])
    let fixture = try await Fixture(hooks: receivers)
    #expect(await fixture.ask(.post, "/api/v1/hooks/contracts", body: Self.good).status == 201)
    let queued = await fixture.ask(.post, "/api/v1/hooks/contracts/one/test")
    #expect(queued.status == 202)
    let id = try #require(queued.json["delivery_id"]?.string)
    _ = await receivers.requests.first(1)
    try await fixture.delivery(id) { $0["attempts"]?.int == 1 && $0["status"]?.int == 500 }
    #expect(await fixture.ask(.post, "/api/v1/hooks/deliveries/\(id)/redeliver").code == "DELIVERY_PENDING")
    fixture.clock.nowMS.add(1000, ordering: .relaxed)
    await fixture.plane.hooks.wake()
    let requests = await receivers.requests.first(2)
    #expect(requests[0].id == requests[1].id && requests[0].timestamp != requests[1].timestamp)
    try await fixture.delivery(id) { $0["state"]?.string == "failed" && $0["status"]?.int == 404 }
    #expect(await fixture.ask(.post, "/api/v1/hooks/deliveries/\(id)/redeliver").status == 202)
    _ = await receivers.requests.first(3)
    #expect(
      await fixture.ask(.post, "/api/v1/hooks/deliveries/00000000-d9/redeliver").code == "DELIVERY_NOT_FOUND")
  }

  @Test("Without a contract nothing is put into the outbox")
  func idle() async throws {
    let fixture = try await Fixture(hooks: ReceiverModel())
    try await Self.announce(fixture, "memory", "memory.saved")
    let count = try await fixture.store.read { (reader) throws(StoreError) in
      try reader.query("SELECT count(*) FROM hook_deliveries") { $0.int(0) }
    }
    #expect(count == [0])
  }
}

extension Fixture {
  /// Waits until a delivery is as wanted.
  fileprivate func delivery(_ id: String, _ isWanted: (JSONSlice) -> Bool) async throws {
    try await until("the delivery \(id) is as wanted") {
      let answer = await ask(.get, "/api/v1/hooks/deliveries/\(id)")
      return isWanted(answer.json) ? () : nil
    }
  }
}
