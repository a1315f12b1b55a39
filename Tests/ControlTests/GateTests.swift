import Testing
import Wire

@testable import StreamServer

@Suite struct GateTests {
  private static let key = "tc_key"
  private static let now: Int64 = 1_770_000_000_000

  private func gate(_ change: (inout GateRules) -> Void = { _ in }) -> Gate {
    var rules = GateRules()
    change(&rules)
    var keys = AccessKeys()
    keys.add(id: "one", key: Self.key)
    return Gate(rules: rules, keys: keys, cookies: CookieSigner(key: Self.key))
  }

  private static func request(
    _ method: Wire.Method = .get, _ target: String = "/sessions",
    _ headers: [(name: String, value: String)] = [],
    address: String = "127.0.0.1"
  ) -> Request {
    var all = headers
    if !headers.contains(where: { $0.name == "host" }) { all.append(("host", "localhost")) }
    return Request(
      id: "r", head: RequestHead(method: method, target: target, headers: Headers(all)), body: [],
      peer: address == "unix" ? .unix(uid: 7) : .tcp(address: address, isLoopback: address == "127.0.0.1"))
  }

  private func code(
    _ gate: inout Gate, _ request: Request, access: Operation.Access = .identified,
    delivery: Operation.Delivery = .response, at nowMS: Int64 = GateTests.now
  ) -> String {
    do throws(Problem) {
      let caller = try gate.admit(request, access: access, delivery: delivery, nowMS: nowMS)
      switch caller.identity {
      case .cookie: return "cookie"
      case .ticket: return "ticket"
      default: return "\(caller.identity)"
      }
    } catch {
      return error.code.rawValue
    }
  }

  @Test(
    "Only the server's own names are answered",
    arguments: [
      ("localhost", true), ("LOCALHOST:8420", true), ("127.0.0.1:1", true), ("[::1]:8420", true),
      ("localhost.", true), ("box.lan:8420", true), ("10.0.0.5:8420", true), ("[fe80::1]", true),
      ("my.site", true),
      ("evil.example", false), ("localhost.evil.example", false), ("127.0.0.1.evil.example", false),
      ("localhost@evil.example", false), ("", false), ("localhost:port", false), ("[::1", false),
      ("[::1]x", false),
    ])
  func hosts(host: String, isAllowed: Bool) {
    var gate = gate { rules in
      rules.boundHosts = ["10.0.0.5", "fe80::1"]
      rules.allowedHosts = ["box.lan", "MY.site"]
      rules.authentication = .none
    }
    let answer = code(&gate, Self.request(.get, "/", [("host", host)]))
    #expect(answer == (isAllowed ? "nobody" : "HOST_NOT_ALLOWED"))
    #expect(code(&gate, Self.request(.get, "/", [("host", host)], address: "unix")) == "unix(uid: 7)")
  }

  @Test(
    "A page of another origin is refused",
    arguments: [
      ("http://localhost:8420", "localhost:8420", true), ("http://LOCALHOST", "localhost:80", true),
      ("https://localhost", "localhost:443", true), ("http://[::1]:8420", "[::1]:8420", true),
      ("https://good.example", "localhost", true), ("http://localhost:3000", "localhost:8420", false),
      ("http://localhost", "localhost:8420", false), ("null", "localhost", false), ("", "localhost", false),
      ("http://evil.example", "localhost", false), ("http://good.example", "localhost", false),
      ("http://localhost/", "localhost", false), ("file://localhost", "localhost", false),
    ])
  func origins(origin: String, host: String, isAllowed: Bool) {
    var gate = gate { rules in
      rules.allowedOrigins = ["https://good.example"]
      rules.authentication = .none
    }
    let answer = code(&gate, Self.request(.get, "/", [("host", host), ("origin", origin)]))
    #expect(answer == (isAllowed ? "nobody" : "ORIGIN_NOT_ALLOWED"))
  }

  @Test("Two Origin fields are no origin")
  func twoOrigins() {
    var gate = gate()
    let headers = [(name: "origin", value: "http://localhost"), (name: "origin", value: "http://localhost")]
    #expect(code(&gate, Self.request(.get, "/", headers)) == "ORIGIN_NOT_ALLOWED")
  }

  @Test("TCP needs a key; the Unix socket and open routes need none")
  func identity() {
    var gate = gate()
    #expect(code(&gate, Self.request()) == "UNAUTHORIZED")
    #expect(code(&gate, Self.request(.get, "/healthz"), access: .anyone) == "nobody")
    #expect(code(&gate, Self.request(address: "unix")) == "unix(uid: 7)")
    #expect(code(&gate, Self.request(.get, "/", [("x-api-key", Self.key)])) == "key(id: \"one\")")
    #expect(
      code(&gate, Self.request(.get, "/", [("Authorization", "bearer \(Self.key)")])) == "key(id: \"one\")")
    #expect(code(&gate, Self.request(.get, "/", [("x-api-key", Self.key + "x")])) == "INVALID_API_KEY")
    #expect(code(&gate, Self.request(.get, "/", [("authorization", "Basic eDp5")])) == "INVALID_API_KEY")
    var open = self.gate { $0.authentication = .none }
    #expect(code(&open, Self.request()) == "nobody")
  }

  @Test("The sixth wrong key in a minute is answered 429, a right key still comes in")
  func wrongKeys() {
    var gate = gate()
    let wrong = Self.request(.get, "/", [("x-api-key", "no")], address: "10.1.1.1")
    for _ in 0..<5 { #expect(code(&gate, wrong) == "INVALID_API_KEY") }
    #expect(code(&gate, wrong) == "RATE_LIMIT_EXCEEDED")
    #expect(
      code(&gate, Self.request(.get, "/", [("x-api-key", "no")], address: "10.1.1.2")) == "INVALID_API_KEY")
    #expect(
      code(&gate, Self.request(.get, "/", [("x-api-key", Self.key)], address: "10.1.1.1"))
        == "key(id: \"one\")")
    #expect(code(&gate, wrong, at: Self.now + 60_000) == "INVALID_API_KEY")
  }

  @Test("A browser's ticket works once and gives a cookie that works until it expires")
  func cookie() throws {
    var gate = gate()
    let ticket = gate.issueTicket(.browser, by: .nobody, nowMS: Self.now)
    let exchanged = gate.exchange(ticket: ticket, nowMS: Self.now)
    let header = try #require(exchanged)
    #expect(gate.exchange(ticket: ticket, nowMS: Self.now) == nil)
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] { #expect(header.contains(part)) }
    let pair = String(header.prefix { $0 != ";" })
    let cookie = [(name: "cookie", value: "other=1; \(pair)")]
    #expect(code(&gate, Self.request(.get, "/", cookie)) == "cookie")
    #expect(code(&gate, Self.request(.get, "/", [("cookie", pair + "0")])) == "INVALID_API_KEY")
    #expect(code(&gate, Self.request(.get, "/", cookie), at: Self.now + 31 * 86_400_000) == "INVALID_API_KEY")

    let origin = [(name: "origin", value: "http://localhost")]
    #expect(code(&gate, Self.request(.post, "/", cookie)) == "ORIGIN_NOT_ALLOWED")
    #expect(code(&gate, Self.request(.post, "/", cookie + origin)) == "cookie")
    var restarted = self.gate()
    #expect(code(&restarted, Self.request(.get, "/", cookie)) == "cookie")
  }

  @Test("A socket's ticket opens one socket within its time and nothing else")
  func socketTicket() {
    var gate = gate()
    let ticket = gate.issueTicket(.socket, by: .nobody, nowMS: Self.now)
    let request = Self.request(.get, "/ws?ticket=\(ticket)")
    #expect(code(&gate, request) == "UNAUTHORIZED")
    #expect(code(&gate, request, delivery: .socket) == "ticket")
    #expect(code(&gate, request, delivery: .socket) == "INVALID_API_KEY")
    let late = Self.request(.get, "/ws?ticket=\(gate.issueTicket(.socket, by: .nobody, nowMS: Self.now))")
    #expect(code(&gate, late, delivery: .socket, at: Self.now + 30_000) == "INVALID_API_KEY")
    let browser = Self.request(.get, "/ws?ticket=\(gate.issueTicket(.browser, by: .nobody, nowMS: Self.now))")
    #expect(code(&gate, browser, delivery: .socket) == "INVALID_API_KEY")
  }

  @Test("A revoked key opens nothing, neither do tickets made with it; cookies are revoked all at once")
  func revoked() throws {
    var gate = gate()
    let withKey = Self.request(.get, "/", [("x-api-key", Self.key)])
    let maker = try gate.admit(withKey, access: .identified, delivery: .response, nowMS: Self.now).identity
    let own = gate.issueTicket(.socket, by: maker, nowMS: Self.now)
    let other = gate.issueTicket(.socket, by: .nobody, nowMS: Self.now)
    gate.revoke(.key(id: "one"))
    #expect(code(&gate, withKey) == "INVALID_API_KEY")
    #expect(code(&gate, Self.request(.get, "/ws?ticket=\(own)"), delivery: .socket) == "INVALID_API_KEY")
    #expect(code(&gate, Self.request(.get, "/ws?ticket=\(other)"), delivery: .socket) == "ticket")

    func cookie() throws -> [(name: String, value: String)] {
      let ticket = gate.issueTicket(.browser, by: .nobody, nowMS: Self.now)
      let exchanged = gate.exchange(ticket: ticket, nowMS: Self.now)
      let header = try #require(exchanged)
      return [("cookie", String(header.prefix { $0 != ";" }))]
    }
    let old = try cookie()
    #expect(code(&gate, Self.request(.get, "/", old)) == "cookie")
    gate.revoke(.cookies(generation: 0))
    #expect(code(&gate, Self.request(.get, "/", old)) == "INVALID_API_KEY")
    let new = try cookie()
    #expect(code(&gate, Self.request(.get, "/", new)) == "cookie")
    // Said twice it ends no later ones.
    gate.revoke(.cookies(generation: 0))
    #expect(code(&gate, Self.request(.get, "/", new)) == "cookie")
  }

  @Test("X-Web-User is believed from trusted proxies and the Unix socket only")
  func webUser() throws {
    var gate = gate { $0.trustedProxies = ["10.0.0.1"] }
    let user = [(name: "X-Web-User-Email", value: "a@b.c"), (name: "x-api-key", value: Self.key)]
    #expect(code(&gate, Self.request(.get, "/", user)) == "IDENTITY_NOT_TRUSTED")
    for address in ["10.0.0.1", "unix"] {
      let caller = try gate.admit(
        Self.request(.get, "/", user, address: address), access: .identified, delivery: .response,
        nowMS: Self.now)
      #expect(caller.webUser?.email == "a@b.c")
    }
    #expect(
      code(&gate, Self.request(.get, "/", [("x-web-user-role", "admin")], address: "unix"))
        == "VALIDATION_ERROR")
  }

  @Test("A trusted proxy names the client, whose requests are counted; anyone else does not")
  func forwarded() throws {
    var gate = gate { $0.trustedProxies = ["10.0.0.1"] }
    let headers = [
      (name: "x-forwarded-for", value: "1.1.1.1, 2.2.2.2"), (name: "x-api-key", value: Self.key),
    ]
    let behind = try gate.admit(
      Self.request(.get, "/", headers, address: "10.0.0.1"), access: .identified, delivery: .response,
      nowMS: Self.now)
    #expect(behind.address == "2.2.2.2")
    let direct = try gate.admit(
      Self.request(.get, "/", headers, address: "10.0.0.9"), access: .identified, delivery: .response,
      nowMS: Self.now)
    #expect(direct.address == "10.0.0.9")
  }

  @Test("Buckets fill again evenly, by class and key, and do not hold for local callers")
  func rates() throws {
    var gate = gate { $0.rates.sessions = 60 }
    let key = [(name: "x-api-key", value: Self.key)]
    let far = try gate.admit(
      Self.request(.get, "/", key, address: "10.1.1.1"), access: .identified, delivery: .response,
      nowMS: Self.now)
    for left in (0..<60).reversed() {
      #expect(gate.count(far, .sessions, nowMS: Self.now)?.remaining == left)
    }
    let last = gate.count(far, .sessions, nowMS: Self.now)
    let refused = try #require(last)
    #expect(!refused.isAllowed)
    #expect(refused.retryAfterSeconds == 1)
    #expect(refused.resetSeconds == Self.now / 1000 + 60)
    #expect(gate.count(far, .streaming, nowMS: Self.now)?.isAllowed == true)
    #expect(gate.count(far, .sessions, nowMS: Self.now + 999)?.isAllowed == false)
    #expect(gate.count(far, .sessions, nowMS: Self.now + 1000)?.isAllowed == true)
    let near = try gate.admit(
      Self.request(.get, "/", key), access: .identified, delivery: .response, nowMS: Self.now)
    #expect(gate.count(near, .sessions, nowMS: Self.now) == nil)
    var strict = self.gate { $0.rates.loopback = true }
    #expect(strict.count(near, .sessions, nowMS: Self.now)?.limit == 100)
  }
}
