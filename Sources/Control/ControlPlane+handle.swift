import Reactor
import StreamServer
import Wire

extension ControlPlane {
  /// Answers a request: gate, rate, route, body, handler (API section 8). Never fails, never waits for longer than
  /// the limit.
  public func handle(_ request: Request) async -> Reply {
    let began = Instant.current()
    let match = router.match(request.head.method, request.head.path)
    var mount = Mount(ofPath: request.head.path)
    if case .found(_, let found, _) = match { mount = found }
    // Refusals too: a page that may ask may also read why it gets nothing.
    var fields = gate.sharedOrigin(request).map(Self.sharing) ?? []
    var reply: Reply
    var refused: ProblemCode?
    do throws(Problem) {
      reply = try await answer(request, match, mount: mount, &fields)
    } catch {
      refused = error.code
      if let inner = error.inner { log.note("request \(request.id): \(inner)") }
      reply = refusal(error, request, match, mount)
    }
    reply.add(fields)
    log.access(
      AccessRecord(
        requestID: request.id, method: request.head.method.name, path: request.head.path,
        status: reply.status,
        code: refused?.rawValue, microseconds: (Instant.current() - began).wholeNanoseconds / 1000,
        peer: request.peer.text))
    return reply
  }

  /// Most bytes of the body that this request may have; for whoever reads it.
  public nonisolated func bodyLimit(_ head: RequestHead) -> Int? {
    guard case .found(let route, _, _) = router.match(head.method, head.path) else { return nil }
    if case .upload = route.operation.body { return rules.uploadBytes }
    return route.operation.bodyLimit
  }

  private func answer(
    _ request: Request, _ match: Router<ControlPlane>.Match, mount: Mount,
    _ fields: inout [(name: String, value: String)]
  ) async throws(Problem) -> Reply {
    var operation: Operation?
    if case .found(let route, _, _) = match { operation = route.operation }
    let caller = try gate.admit(
      request, access: operation?.access ?? .identified, delivery: operation?.delivery ?? .response,
      nowMS: clockMS())
    noteUse(of: caller)
    if gate.isPreflight(request), caller.foreignOrigin != nil { return .response(Response(status: 204)) }
    if let verdict = gate.count(caller, operation?.rateClass ?? .other, nowMS: clockMS()) {
      fields += verdict.headers
      guard verdict.isAllowed else {
        throw Problem(
          .rateLimitExceeded,
          "more than \(verdict.limit) requests a minute; the setting rate.\((operation?.rateClass ?? .other).rawValue) "
            + "is the limit"
        ).with("retry-after", "\(max(1, verdict.retryAfterSeconds))")
      }
    }
    let call = try call(request, match, caller)
    if let reason = call.call.operation.absence {
      throw Problem(.notImplemented, "this route is not served: \(reason)") { $0.field("reason", reason) }
    }
    try checkBody(call.call)
    try call.call.operation.check(call.call)
    try checkPerson(call.call)
    var reply = try await perform(call.route, call.call)
    reply.belong(to: caller)
    return reply
  }

  private func call(
    _ request: Request, _ match: Router<ControlPlane>.Match, _ caller: Caller
  ) throws(Problem) -> (route: Route<ControlPlane>, call: Call) {
    switch match {
    case .found(let route, let mount, let captures):
      return (
        route,
        Call(
          request: request, operation: route.operation, mount: mount, captures: captures, caller: caller,
          undeclared: log.note)
      )
    case .methodNotAllowed(let allowed):
      let names = allowed.joined(separator: ", ")
      throw Problem(.methodNotAllowed, "this path answers \(names)").with("allow", names)
    case .notFound:
      throw Problem(.routeNotFound, "no route has this path; /openapi.json lists all of them")
    case .malformed:
      throw .invalid("path", "is not percent-encoded UTF-8")
    }
  }

  private func checkBody(_ call: Call) throws(Problem) {
    let body = call.request.body
    if case .upload = call.operation.body {
      guard body.count <= rules.uploadBytes else {
        throw Problem(.payloadTooLarge, "the body is over the setting http.upload_bytes")
      }
    } else if body.count > call.operation.bodyLimit ?? rules.bodyBytes {
      throw Problem(.payloadTooLarge, "the body is over the setting http.body_bytes")
    }
    guard call.operation.isMutation, !body.isEmpty else { return }
    // A page of another site can send forms and text without asking, JSON it cannot.
    let sent = call.request.head.headers["content-type"]?.split(separator: ";").first?.lowercased()
    let type = sent?.filter { $0 != " " }
    if case .upload = call.operation.body, type == "multipart/form-data" { return }
    guard type == "application/json" else {
      throw Problem(.unsupportedMediaType, "the body must be application/json")
    }
  }

  /// The response of a refusal. A browser's stream never comes back from a 409, a 429 or a 503: it gets a stream that
  /// ends at once and says why and when to return.
  private func refusal(
    _ problem: Problem, _ request: Request, _ match: Router<ControlPlane>.Match, _ mount: Mount
  ) -> Reply {
    if case .found(let route, _, _) = match, route.operation.delivery == .stream,
      [.rateLimit, .unavailable, .conflict].contains(problem.code.kind)
    {
      return .response(
        BriefStream.response(problem, isUI: route.operation.method == .post, retry: rules.retry))
    }
    return .response(problem.response(requestID: request.id, mount: mount))
  }

  /// What a page of an allowed foreign origin may do (Fetch, section 3.2).
  private static func sharing(with origin: String) -> [(name: String, value: String)] {
    [
      ("access-control-allow-origin", origin), ("vary", "origin"),
      ("access-control-allow-methods", "GET, HEAD, POST, PUT, PATCH, DELETE"),
      ("access-control-allow-headers", "authorization, content-type, last-event-id, x-api-key, x-request-id"),
      ("access-control-expose-headers", "etag, x-request-id, x-ratelimit-remaining, x-ratelimit-reset"),
    ]
  }
}

extension Reply {
  /// The status code that the client sees.
  var status: Int {
    switch self {
    case .response(let response): response.status
    case .stream: 200
    case .webSocket: 101
    }
  }

  /// Says who asked, for what goes on after the answer.
  mutating func belong(to caller: Caller) {
    guard case .stream(var plan) = self else { return }
    plan.caller = caller
    self = .stream(plan)
  }

  /// Adds header fields.
  mutating func add(_ fields: [(name: String, value: String)]) {
    guard !fields.isEmpty else { return }
    switch self {
    case .response(var response):
      response.headers += fields
      self = .response(response)
    case .stream(var plan):
      plan.headers += fields
      self = .stream(plan)
    case .webSocket: break
    }
  }
}

extension Peer {
  /// The peer in a log line.
  var text: String {
    switch self {
    case .unix(let uid): "unix:\(uid)"
    case .tcp(let address, _): address
    }
  }
}
