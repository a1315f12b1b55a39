import Wire

/// Decides who comes in, before any route: Host, Origin, identity, trusted headers, then rates (API section 8). A
/// value inside the home loop's actor; the time is a parameter.
public struct Gate: Sendable {
  /// The rules.
  public let rules: GateRules
  /// The keys; changed by the routes that make and revoke them.
  public var keys: AccessKeys
  /// Tickets that wait to be used.
  public var tickets = Tickets()
  /// Signs what browsers come back with.
  public internal(set) var cookies: CookieSigner
  var limiter = RateLimiter()
  var badKeys = RateLimiter()
  private let hosts: Set<String>
  private let origins: Set<String>

  /// A gate; `cookies` signs what browsers come back with.
  public init(rules: GateRules, keys: AccessKeys, cookies: CookieSigner) {
    self.rules = rules
    self.keys = keys
    self.cookies = cookies
    let names = rules.boundHosts + rules.allowedHosts
    hosts = Set(["localhost", "127.0.0.1", "[::1]"] + names.compactMap(Self.hostName))
    origins = Set(rules.allowedOrigins.map { $0.lowercased() })
  }

  /// An address of the settings may lack the brackets that it has in a `Host` field.
  private static func hostName(_ text: String) -> String? {
    text.filter { $0 == ":" }.count > 1 && !text.hasPrefix("[")
      ? HostName("[\(text)]")?.name : HostName(text)?.name
  }

  /// Lets a request in or says why not.
  public mutating func admit(
    _ request: Request, access: Operation.Access, delivery: Operation.Delivery, nowMS: Int64
  ) throws(Problem) -> Caller {
    let host = try checkHost(request)
    let foreignOrigin = try checkOrigin(request, host: host)
    var caller = Caller(
      identity: .nobody, peer: request.peer, address: address(request), foreignOrigin: foreignOrigin)
    // A preflight (Fetch, section 4.8) never carries credentials and gets nothing but the answer that it may ask.
    if isPreflight(request), foreignOrigin != nil { return caller }
    caller.identity = try identify(request, caller, access: access, delivery: delivery, nowMS: nowMS)
    caller.webUser = try webUser(request)
    return caller
  }

  /// Whether a request only asks what another page may ask.
  public func isPreflight(_ request: Request) -> Bool {
    request.head.method == .options && request.head.headers["access-control-request-method"] != nil
  }

  /// The foreign origin whose pages may read the answers to this request, refusals included.
  public func sharedOrigin(_ request: Request) -> String? {
    let sent = request.head.headers.all("origin")
    guard sent.count == 1, let origin = sent.first, origins.contains(origin.lowercased()) else { return nil }
    return origin
  }

  private func isTrusted(_ peer: Peer) -> Bool {
    switch peer {
    case .unix: true
    case .tcp(let address, _): rules.trustedProxies.contains(address)
    }
  }

  private func address(_ request: Request) -> String {
    switch request.peer {
    case .unix(let uid): return "uid \(uid)"
    case .tcp(let address, _):
      // The last one is what the trusted proxy itself saw; those before it are the client's own claim.
      guard isTrusted(request.peer), let last = request.head.headers.all("x-forwarded-for").last,
        let client = last.split(separator: ",").last
      else { return address }
      return String(client.filter { $0 != " " }.prefix(64))
    }
  }

  // MARK: Host and Origin

  private func checkHost(_ request: Request) throws(Problem) -> HostName? {
    let sent = request.head.headers["host"]
    let host = sent.flatMap { HostName($0) }
    guard case .tcp = request.peer else { return forwarded(request) ?? host }
    guard let host, hosts.contains(host.name) else {
      throw Problem(
        .hostNotAllowed,
        "this server does not answer for the host \(Problem.quoted(sent ?? "")); "
          + "if it should, add the name to the setting allowed_hosts")
    }
    return forwarded(request) ?? host
  }

  private func forwarded(_ request: Request) -> HostName? {
    guard isTrusted(request.peer) else { return nil }
    return request.head.headers["x-forwarded-host"].flatMap { HostName($0) }
  }

  /// The foreign origin if it is allowed, nil for the server's own pages and for callers that are no pages.
  private func checkOrigin(_ request: Request, host: HostName?) throws(Problem) -> String? {
    let sent = request.head.headers.all("origin")
    guard let origin = sent.first else { return nil }
    let lower = origin.lowercased()
    if let shared = sharedOrigin(request) { return shared }
    if sent.count == 1 {
      for scheme in ["http://", "https://"] where lower.hasPrefix(scheme) {
        if let from = HostName(lower.dropFirst(scheme.count)), let host, same(from, host, scheme) {
          return nil
        }
      }
    }
    throw Problem(
      .originNotAllowed,
      "pages of \(Problem.quoted(origin)) may not call this server; "
        + "if they should, add it to the setting allowed_origins")
  }

  private func same(_ origin: HostName, _ host: HostName, _ scheme: String) -> Bool {
    let standard = scheme == "http://" ? "80" : "443"
    return origin.name == host.name && (origin.port ?? standard) == (host.port ?? standard)
  }
}
