import Store
import StreamServer
import Testing
import Wire

@testable import Control

@Suite("What a webhook is asked for, and when it is tried")
struct HookRuleTests {
  @Test(
    "A star stands for any characters, everything else for itself",
    arguments: [
      ("session.*", "session.created", true), ("session.*", "session.", true),
      ("session.*", "sessions", false),
      ("*", "", true), ("*", "anything", true), ("", "", true), ("", "a", false),
      ("*.failed", "message.failed", true), ("*.failed", "message.failed.again", false),
      ("a*b*c", "a-b-b-c", true), ("a*b*c", "acb", false), ("a**", "a", true), ("[a]?", "[a]?", true),
      ("é*", "été", true), ("a", "A", false),
    ])
  func wildcard(pattern: String, value: String, fits: Bool) {
    #expect(Wildcard(pattern).matches(value) == fits)
  }

  @Test("Many stars cost no power of time")
  func manyStars() {
    let pattern = String(repeating: "*a", count: 128) + "b"
    #expect(!Wildcard(pattern).matches(String(repeating: "a", count: 4096)))
  }

  @Test("A criterion accepts by match or by pattern, and asks for presence otherwise")
  func criterion() {
    #expect(Criterion().accepts(["x"]))
    #expect(!Criterion().accepts(nil))
    #expect(Criterion(isRequired: false).accepts(nil))
    let exact = Criterion(match: ["a", "b"])
    #expect(exact.accepts(["b"]) && !exact.accepts(["c"]) && exact.accepts(["c", "a"]) && !exact.accepts([]))
    let both = Criterion(match: ["a"], pattern: Wildcard("x*"), isRequired: false)
    #expect(both.accepts(["a"]) && both.accepts(["xy"]) && !both.accepts(["y"]) && both.accepts(nil))
  }

  static func event(_ topic: String = "sessions", _ type: String = "session.created", payload: String)
    -> HookEvent?
  {
    var change = Change(
      timestampMS: 1_770_000_000_123, topic: topic, type: type, sessionID: "s-1", projectID: nil,
      payload: payload)
    change.seq = 7
    return HookEvent(change, epoch: Epoch(0xabc))
  }

  @Test("Plain values of the payload, one level deep, are properties")
  func properties() throws {
    let event = try #require(
      Self.event(
        payload:
          #"{"n":3,"ok":true,"none":null,"tags":["a","b"],"mixed":[1,"a"],"session":{"agent":"claude","x":{}}}"#
      ))
    #expect(
      event.properties.mapValues(\.texts) == [
        "n": ["3"], "ok": ["true"], "tags": ["a", "b"], "session.agent": ["claude"], "session_id": ["s-1"],
      ])
    let body = try #require(JSONSlice(validating: event.body))
    #expect(body["id"]?.string == "00000abc-7")
    #expect(body["timestamp"]?.string == "2026-02-02T02:40:00.123Z")
    #expect(body.member("properties", "n")?.int == 3)
    #expect(body.member("payload", "session", "agent")?.string == "claude")
  }

  @Test("No hook is told of hooks")
  func own() { #expect(Self.event("hooks", "hook.delivered", payload: "{}") == nil) }

  @Test(
    "An answer decides what follows",
    arguments: [
      (200, "delivered"), (204, "delivered"), (301, "dead"), (302, "dead"), (400, "dead"), (404, "dead"),
      (408, "again"), (410, "dead"), (425, "again"), (429, "again"), (500, "again"), (503, "again"),
    ])
  func answers(status: Int, expected: String) {
    let verdict = HookRetry().verdict(.answered(status: status, retryAfter: nil), attempt: 1, nowMS: 0)
    #expect("\(verdict)".hasPrefix(expected))
  }

  @Test("Pauses double from one second to sixty, and ten attempts are all")
  func pauses() {
    let retry = HookRetry()
    let pauses = (1...10).map { attempt -> Int64? in
      guard case .again(let atMS, _) = retry.verdict(.unreachable("down"), attempt: attempt, nowMS: 5) else {
        return nil
      }
      return atMS - 5
    }
    #expect(pauses == [1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000, nil])
    let asked = HookOutcome.answered(status: 429, retryAfter: 30)
    #expect(
      retry.verdict(asked, attempt: 1, nowMS: 0) == .again(atMS: 30000, reason: "the receiver answered 429"))
    #expect(
      retry.verdict(asked, attempt: 8, nowMS: 0) == .again(atMS: 60000, reason: "the receiver answered 429"))
    let endless = HookOutcome.answered(status: 503, retryAfter: .max)
    #expect(
      retry.verdict(endless, attempt: 1, nowMS: 0)
        == .again(atMS: 3_600_000, reason: "the receiver answered 503"))
    #expect(retry.verdict(.refused("no"), attempt: 1, nowMS: 0) == .dead(reason: "no"))
  }

  @Test(
    "Only addresses of the public internet are public",
    arguments: [
      ("8.8.8.8", true), ("1.1.1.1", true), ("100.63.255.255", true), ("100.64.0.1", false),
      ("100.127.255.255", false),
      ("100.128.0.0", true), ("0.0.0.0", false), ("10.1.2.3", false), ("127.0.0.1", false),
      ("127.255.255.255", false),
      ("169.254.169.254", false), ("172.15.0.1", true), ("172.16.0.1", false), ("172.31.255.255", false),
      ("172.32.0.1", true), ("192.168.1.1", false), ("198.18.0.1", false), ("224.0.0.1", false),
      ("255.255.255.255", false), ("240.0.0.1", false), ("::", false), ("::1", false),
      ("::ffff:8.8.8.8", false),
      ("::ffff:127.0.0.1", false), ("::7f00:1", false), ("fe80::1", false), ("fc00::1", false),
      ("fd12::1", false),
      ("ff02::1", false), ("fec0::1", false), ("2606:4700::1", true), ("2001:4860:4860::8888", true),
      ("2001:db8::1", false), ("2001::1", false), ("2002:7f00:1::", false), ("64:ff9b::7f00:1", false),
      ("64:ff9b::808:808", true), ("64:ff9b:1::1", false), ("100::1", false), ("3fff:1::1", false),
    ])
  func addresses(text: String, isPublic: Bool) throws {
    let address = try #require(IPAddress(text))
    #expect(address.isPublic == isPublic)
    #expect(IPAddress(address.description) == address)
  }

  @Test(
    "An address is read as libcurl reads it, so no other spelling gets past the check",
    arguments: [
      "http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/",
      "http://127.1:8080/x",
      "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://localhost/", "http://LOCALHOST./",
      "http://a.localhost/", "http://0/", "http://169.254.169.254/latest",
    ])
  func hidden(text: String) throws {
    let url = try HookURL(text)
    #expect(throws: HookURL.Fault.self) { try url.checkLiteral(allowPrivate: false) }
    #expect(throws: Never.self) { try url.checkLiteral(allowPrivate: true) }
  }

  @Test(
    "What is no http address is refused",
    arguments: [
      "", "example.org", "/x", "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/",
      "javascript:1",
      "http://", "http://user:pw@example.org/", "http://user@example.org/", "http://exämple.org/",
      "http://[fe80::1%25eth0]/", "http://example.org:0/", "http://example.org:99999/", "http://a b/",
    ])
  func refused(text: String) {
    #expect(throws: HookURL.Fault.self) { try HookURL(text) }
  }

  @Test("Host and port are told apart")
  func parts() throws {
    let url = try HookURL("https://[2606:4700::1]/hook?a=b")
    #expect(url.host == "2606:4700::1" && url.port == 443)
    #expect(try HookURL("http://Example.org:8080/").port == 8080)
  }

  @Test("One delivery of each contract goes on, the longest due first, never more than the limit")
  func plan() {
    func head(_ contract: String, _ seq: Int64, due: Int64, claimed: Int64 = 0) -> DeliveryPlan.Head {
      DeliveryPlan.Head(seq: seq, contract: contract, dueMS: due, claimedUntilMS: claimed)
    }
    let heads = [
      head("a", 9, due: 5), head("b", 2, due: 3), head("c", 3, due: 200), head("d", 4, due: 0, claimed: 150),
      head("e", 5, due: 1), head("f", 6, due: 3),
    ]
    let plan = DeliveryPlan(limit: 3, inFlight: ["e"])
    let (begin, lookAt) = plan.next(heads, nowMS: 100)
    #expect(begin.map(\.contract) == ["b", "f"])
    #expect(lookAt == 150)
    #expect(DeliveryPlan(limit: 1, inFlight: ["x"]).next(heads, nowMS: 100).begin.isEmpty)
  }

  @Test("A signature is the HMAC of time and body")
  func signature() {
    // hmac.new(b"key", b"1770000000.{}", "sha256").hexdigest()
    #expect(
      HookSignature.of(Array("{}".utf8), timestamp: 1_770_000_000, secret: "key")
        == "sha256=7a88a10412aaf2f7c314d1c3beeedc802d6b98bde9b5ce233ecd25d236af9a19")
  }
}
