import Glibc
import Testing
import Wire

@testable import Control
@testable import StreamServer

@Suite struct MetaRouteTests {
  private static let remote = Peer.tcp(address: "10.1.1.1", isLoopback: false)
  private static let local = Peer.tcp(address: "127.0.0.1", isLoopback: true)
  private static let key = [(name: "x-api-key", value: Fixture.key)]

  @Test("healthz and readyz need no key, everything else does")
  func open() async throws {
    let fixture = try await Fixture()
    let alive = await fixture.ask(.get, "/healthz", peer: Self.local)
    #expect(alive.status == 200)
    #expect(alive.json["status"]?.string == "ok" && alive.json["service"]?.string == "tailcast")
    #expect(alive.json["pid"]?.int == Int64(getpid()) && alive.json["version"]?.string == "1.2.3")
    #expect(await fixture.ask(.get, "/readyz", peer: Self.local).status == 200)
    for path in ["/health", "/metrics", "/openapi.json", "/sessions", "/docs", "/nothing"] {
      #expect(await fixture.ask(.get, path, peer: Self.local).code == "UNAUTHORIZED")
    }
    #expect(
      await fixture.ask(.get, "/nothing", headers: Self.key, peer: Self.local).code == "ROUTE_NOT_FOUND")
    #expect(await fixture.ask(.get, "/healthz", headers: [("host", "evil")], peer: Self.local).status == 421)
  }

  @Test("readyz says 503 while sessions are listed and while the server drains")
  func ready() async throws {
    let fixture = try await Fixture()
    #expect(await fixture.ask(.get, "/readyz").json["status"]?.string == "ready")
    await fixture.sessions.setReady(false)
    let starting = await fixture.ask(.get, "/readyz")
    #expect(starting.status == 503 && starting.json["status"]?.string == "starting")
    await fixture.sessions.setReady(true)
    await fixture.plane.enter(.draining)
    let draining = await fixture.ask(.get, "/readyz")
    #expect(draining.status == 503 && draining.json["status"]?.string == "draining")
    #expect(await fixture.ask(.get, "/sessions").status == 200)
  }

  @Test("health has every part")
  func health() async throws {
    let fixture = try await Fixture([entry("a")])
    for path in ["/health", "/api/health", "/api/v1/health"] {
      let json = await fixture.ask(.get, path).json
      #expect(json["status"]?.string == "ok")
      #expect(json["uptime_secs"]?.int == 60)
      #expect(json.member("database", "status")?.string == "ok")
      #expect(json.member("redis", "status")?.string == "off")
      #expect(json.member("tail", "mode")?.string == "inotify")
      #expect(json.member("tail", "watches")?.int == 3)
      #expect(json.member("streams", "sse")?.int == 0)
      #expect(json.member("search", "status")?.string == "off")
    }
  }

  private struct Loops: StatisticsSource {
    func statistics() async -> [ShardStatistics] {
      var one = ShardStatistics()
      one.connections = 10
      one.sseStreams = 4
      one.webSockets = 1
      one.closes = ["stalled": 2]
      one.latency[0] = 5
      one.latency[2] = 3
      one.latency[one.latency.count - 1] = 1
      one.latencySumUS = 2_500_000
      return [one, one]
    }
  }

  @Test("Metrics are Prometheus' text and the same numbers as JSON")
  func metrics() async throws {
    let fixture = try await Fixture()
    await fixture.plane.attach(loops: [fixture.loop], statistics: Loops())
    let text = await fixture.ask(.get, "/metrics")
    #expect(text.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
    for line in [
      "tailcast_connections{transport=\"http\"} 10", "tailcast_connections{transport=\"sse\"} 8",
      "tailcast_connections_closed_total{reason=\"stalled\"} 4",
      "# TYPE tailcast_append_to_send_seconds histogram",
      "tailcast_append_to_send_seconds_bucket{le=\"0.0001\"} 10",
      "tailcast_append_to_send_seconds_bucket{le=\"0.00025\"} 10",
      "tailcast_append_to_send_seconds_bucket{le=\"0.0005\"} 16",
      "tailcast_append_to_send_seconds_bucket{le=\"+Inf\"} 18", "tailcast_append_to_send_seconds_sum 5",
      "tailcast_append_to_send_seconds_count 18", "tailcast_tail_watches 3",
      "tailcast_tail_mode{mode=\"inotify\"} 1",
    ] { #expect(text.text.split(separator: "\n").contains { $0 == line }, "\(line)") }
    for name in ["process_resident_bytes", "process_open_fds", "process_cpu_seconds_total"] {
      let line = text.text.split(separator: "\n").first { $0.hasPrefix("tailcast_\(name) ") }
      #expect(line.flatMap { Double($0.split(separator: " ")[1]) }.map { $0 > 0 } == true, "\(name)")
    }
    let json = await fixture.ask(.get, "/observability").json
    let connections = json["metrics"]?.elements.first { $0["name"]?.string == "tailcast_connections" }
    #expect(connections?["samples"]?.elements.compactMap { $0["value"]?.int } == [10, 8, 2])
  }

  @Test("shutdown is for whoever sits at this machine, and for no page")
  func shutdown() async throws {
    let fixture = try await Fixture()
    let origin = [(name: "origin", value: "http://localhost:8420")]
    #expect(
      await fixture.ask(.post, "/shutdown", headers: Self.key + origin, peer: Self.local).code == "FORBIDDEN")
    #expect(await fixture.ask(.post, "/shutdown", headers: Self.key, peer: Self.remote).code == "FORBIDDEN")
    let proxied = Self.key + [(name: "x-forwarded-for", value: "1.2.3.4")]
    #expect(await fixture.ask(.post, "/shutdown", headers: proxied, peer: Self.local).code == "FORBIDDEN")
    #expect(await fixture.ask(.get, "/shutdown").code == "METHOD_NOT_ALLOWED")
    #expect(fixture.shutdowns.values.isEmpty)
    #expect(await fixture.ask(.post, "/shutdown").status == 202)
    #expect(await fixture.ask(.post, "/shutdown", headers: Self.key, peer: Self.local).status == 202)
    #expect(fixture.shutdowns.values.count == 2)
  }

  @Test("The browser's first visit ends with a cookie and without the ticket in its address")
  func browser() async throws {
    let fixture = try await Fixture()
    let ticket = await fixture.plane.browserTicket()
    let visit = await fixture.ask(.get, "/?ticket=\(ticket)", peer: Self.local)
    #expect(visit.status == 303 && visit.headers["location"] == "/")
    let cookie = try #require(visit.headers["set-cookie"]).prefix { $0 != ";" }
    let next = await fixture.ask(.get, "/sessions", headers: [("cookie", String(cookie))], peer: Self.local)
    #expect(next.status == 200)
    let who = await fixture.ask(.get, "/auth/whoami", headers: [("cookie", String(cookie))], peer: Self.local)
    #expect(who.json["identity"]?.string == "cookie")
    #expect(await fixture.ask(.get, "/?ticket=\(ticket)", peer: Self.local).code == "INVALID_API_KEY")
    #expect(fixture.accessed.values.allSatisfy { !$0.path.contains("ticket=") })
    // A browser is shown the way in, a program is told.
    let browser = [(name: "accept", value: "text/html,*/*;q=0.8")]
    for path in ["/", "/?ticket=\(ticket)"] {
      let door = await fixture.ask(.get, path, headers: browser, peer: Self.local)
      #expect(door.status == 401 && door.text.contains("tailcast open"), "\(path)")
      #expect(await fixture.ask(.get, path, peer: Self.local).code?.isEmpty == false, "\(path)")
    }
  }

  @Test("A socket's ticket is made for who has a key")
  func ticket() async throws {
    let fixture = try await Fixture()
    #expect(await fixture.ask(.post, "/ws-ticket", peer: Self.local).code == "UNAUTHORIZED")
    let made = await fixture.ask(.post, "/api/v1/ws-ticket", headers: Self.key, peer: Self.local)
    #expect(made.status == 201 && made.json["expires_in"]?.int == 30)
    let handshake = [
      (name: "upgrade", value: "websocket"), (name: "connection", value: "upgrade"),
      (name: "sec-websocket-version", value: "13"),
      (name: "sec-websocket-key", value: "dGhlIHNhbXBsZSBub25jZQ=="),
    ]
    let target = "/ws?ticket=\(made.json["ticket"]?.string ?? "")"
    guard case .webSocket = await fixture.send(.get, target, headers: handshake, peer: Self.local) else {
      throw Unexpected()
    }
  }

  @Test("A page of an allowed origin may ask and read")
  func sharing() async throws {
    let fixture = try await Fixture([entry("a")]) { $0.gate.allowedOrigins = ["https://good.example"] }
    let origin = [(name: "origin", value: "https://good.example")]
    let preflight = await fixture.ask(
      .options, "/sessions", headers: origin + [("access-control-request-method", "GET")], peer: Self.local)
    #expect(preflight.status == 204)
    #expect(preflight.headers["access-control-allow-origin"] == "https://good.example")
    let answer = await fixture.ask(.get, "/sessions", headers: origin + Self.key, peer: Self.local)
    #expect(answer.headers["access-control-allow-origin"] == "https://good.example")
    let refused = await fixture.ask(.get, "/sessions", headers: origin, peer: Self.local)
    #expect(refused.code == "UNAUTHORIZED")
    #expect(refused.headers["access-control-allow-origin"] == "https://good.example")
    for path in ["/nowhere", "/sessions/none"] {
      let missing = await fixture.ask(.get, path, headers: origin + Self.key, peer: Self.local)
      #expect(missing.status == 404)
      #expect(missing.headers["access-control-allow-origin"] == "https://good.example")
    }
    let bad = await fixture.ask(
      .get, "/sessions", headers: [("origin", "https://bad.example")] + Self.key, peer: Self.local)
    #expect(bad.headers["access-control-allow-origin"] == nil)
    let own = await fixture.ask(.get, "/sessions", headers: Self.key, peer: Self.local)
    #expect(own.headers["access-control-allow-origin"] == nil)
  }

  @Test("The document has every error code with its remedy and every event once")
  func catalogues() throws {
    let document = JSONSlice(RouteTable.document(version: "1"))
    let errors = try #require(document["x-errors"]?.elements)
    #expect(errors.map { $0["code"]?.string } == ProblemCode.allCases.map(\.rawValue))
    #expect(errors.allSatisfy { $0["remedy"]?.string?.hasSuffix(".") == true })
    let types = FeedCatalogue.all.map { $0.topic + " " + $0.type }
    #expect(Set(types).count == types.count)
    #expect(document["x-events"]?.elements.count == types.count)
  }

  @Test("The page of the interface comes from the program and may run its own scripts only")
  func docs() async throws {
    let fixture = try await Fixture()
    let page = await fixture.ask(.get, "/docs")
    #expect(page.headers["content-security-policy"]?.contains("script-src 'self'") == true)
    #expect(page.text.contains("/page/docs.js"))
    #expect(HTMLPage.escaped("<a href=\"&\">") == "&lt;a href=&quot;&amp;&quot;&gt;")
  }

  @Test("The key file is made once, for its owner only, and refused when others can read it")
  func keyFile() throws {
    let directory = Scratch.make()
    defer { Scratch.remove(directory) }
    let path = directory + "/key"
    let key = try AccessKeyFile.key(at: path)
    #expect(key.hasPrefix("tc_") && key.count == 67)
    #expect(try AccessKeyFile.key(at: path) == key)
    var facts = stat()
    stat(path, &facts)
    #expect(facts.st_mode & 0o777 == 0o600)
    chmod(path, 0o644)
    #expect(throws: (any Error).self) { try AccessKeyFile.key(at: path) }
  }
}
