import Wire

extension Gate {
  /// Who a request comes from.
  mutating func identify(
    _ request: Request, _ caller: Caller, access: Operation.Access, delivery: Operation.Delivery, nowMS: Int64
  ) throws(Problem) -> Caller.Identity {
    if case .unix(let uid) = request.peer { return .unix(uid: uid) }
    if access == .anyone || rules.authentication == .none { return .nobody }
    if let key = Self.key(of: request) {
      guard let id = keys.id(of: key) else { throw refuse(caller, "the access key is not valid", nowMS) }
      return .key(id: id)
    }
    if delivery == .socket, let ticket = request.head.query.first("ticket") {
      guard let maker = tickets.redeem(ticket, .socket, nowMS: nowMS) else {
        throw refuse(caller, "the ticket is not valid or was used", nowMS)
      }
      return .ticket(by: maker)
    }
    let sent = request.head.headers.all("cookie").compactMap(CookieSigner.value)
    if let cookie = sent.first {
      guard let expiresMS = cookies.expiry(of: cookie, nowMS: nowMS) else {
        throw refuse(caller, "the cookie has expired; open the address that `tailcast serve` prints", nowMS)
      }
      try requireOwnPage(request)
      return .cookie(generation: cookies.generation, expiresMS: expiresMS)
    }
    throw Problem(
      .unauthorized,
      "an access key is needed: send X-API-Key, or use the Unix socket; the setting auth decides"
    ).with("www-authenticate", "Bearer realm=\"tailcast\"")
  }

  private static func key(of request: Request) -> String? {
    if let key = request.head.headers["x-api-key"] { return key }
    guard let authorization = request.head.headers["authorization"] else { return nil }
    let parts = authorization.split(separator: " ", maxSplits: 1)
    return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : authorization
  }

  /// A browser sends its cookie whoever wrote the page; only `Origin`, which every browser sends with a request
  /// that changes something, says that it was a page of ours.
  private func requireOwnPage(_ request: Request) throws(Problem) {
    guard ![.get, .head, .options].contains(request.head.method), request.head.headers["origin"] == nil else {
      return
    }
    throw Problem(.originNotAllowed, "a cookie alone cannot change anything: send Origin or an access key")
  }

  /// The refusal of wrong credentials; from the sixth in a minute on, of all of them.
  private mutating func refuse(_ caller: Caller, _ message: String, _ nowMS: Int64) -> Problem {
    let limit = rules.rates.badKeys
    if limit > 0 {
      let verdict = badKeys.take(caller.address, limit: limit, nowMS: nowMS)
      if !verdict.isAllowed {
        return Problem(
          .rateLimitExceeded,
          "too many wrong keys from this address; the setting rate.bad_keys allows \(limit) a minute"
        ).with("retry-after", "\(verdict.retryAfterSeconds)")
      }
    }
    return Problem(.invalidAPIKey, message).with("www-authenticate", "Bearer realm=\"tailcast\"")
  }

  /// The person that a trusted proxy speaks for.
  func webUser(_ request: Request) throws(Problem) -> Caller.WebUser? {
    let headers = request.head.headers
    guard headers.pairs.contains(where: { $0.name.lowercased().hasPrefix("x-web-user-") }) else { return nil }
    var isTrusted = false
    switch request.peer {
    case .unix: isTrusted = true
    case .tcp(let address, _): isTrusted = rules.trustedProxies.contains(address)
    }
    guard isTrusted else {
      throw Problem(
        .identityNotTrusted,
        "X-Web-User headers are believed from addresses of the setting trusted_proxies only")
    }
    guard let email = headers["x-web-user-email"], !email.isEmpty else {
      throw .invalid("x-web-user-email", "is missing beside the other X-Web-User headers")
    }
    return Caller.WebUser(email: email, name: headers["x-web-user-name"], role: headers["x-web-user-role"])
  }

  /// Counts a request. The header fields say how much is left; nil when the caller is not limited.
  public mutating func count(_ caller: Caller, _ rateClass: RateClass, nowMS: Int64) -> RateLimiter.Verdict? {
    let limit = rules.rates.limit(rateClass)
    guard limit > 0, !caller.isLocal || rules.rates.loopback else { return nil }
    return limiter.take("\(rateClass.rawValue) \(caller.countedAs)", limit: limit, nowMS: nowMS)
  }

  /// A cookie for the browser that holds this ticket, as the value of `Set-Cookie`; nil if the ticket is no good.
  public mutating func exchange(ticket: String, nowMS: Int64) -> String? {
    guard tickets.redeem(ticket, .browser, nowMS: nowMS) != nil else { return nil }
    let seconds = rules.cookieLifetime.components.seconds
    let value = cookies.sign(expiresMS: nowMS + seconds * 1000)
    return "\(CookieSigner.name)=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict"
  }

  /// Makes a ticket for somebody.
  public mutating func issueTicket(
    _ purpose: Tickets.Purpose, by maker: Caller.Identity, nowMS: Int64
  ) -> String {
    let lifetime = purpose == .browser ? rules.browserTicketLifetime : rules.socketTicketLifetime
    return tickets.issue(purpose, by: maker, expiresMS: nowMS + lifetime.components.seconds * 1000)
  }

  /// What was revoked opens nothing any more, and neither do tickets that were made for it.
  public mutating func revoke(_ revocation: Revocation) {
    switch revocation {
    case .key(let id): keys.remove(id: id)
    case .cookies(let generation): cookies.leave(generation)
    }
    tickets.revoke(revocation)
  }
}

extension RateLimiter.Verdict {
  /// `X-RateLimit-…`: what is left, for every answer that is counted.
  public var headers: [(name: String, value: String)] {
    [
      ("x-ratelimit-limit", "\(limit)"), ("x-ratelimit-remaining", "\(remaining)"),
      ("x-ratelimit-reset", "\(resetSeconds)"),
    ]
  }
}
