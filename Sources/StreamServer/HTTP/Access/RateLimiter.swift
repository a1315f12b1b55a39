/// Requests a minute by class; the burst is as large, 0 is no limit. Each is a setting `rate.…` of the same name.
public struct RateRules: Sendable, Hashable {
  /// Streams opened.
  public var streaming = 20
  /// Session routes.
  public var sessions = 100
  /// Autocompletion.
  public var autocomplete = 60
  /// All other routes.
  public var other = 50
  /// Wrong keys from one peer.
  public var badKeys = 5
  /// Whether the limits hold for the Unix socket and for loopback too.
  public var loopback = false

  /// The defaults.
  public init() {}

  /// The limit of a class.
  public func limit(_ rateClass: RateClass) -> Int {
    switch rateClass {
    case .streaming: streaming
    case .sessions: sessions
    case .autocomplete: autocomplete
    case .other: other
    }
  }
}

/// Token buckets by name. A value; the time is a parameter.
public struct RateLimiter: Sendable {
  /// What became of one request.
  public struct Verdict: Sendable, Hashable {
    /// Whether a token was there.
    public var isAllowed: Bool
    /// The bucket's size.
    public var limit: Int
    /// Whole tokens left.
    public var remaining: Int
    /// When the bucket is full again, seconds since 1970, rounded up.
    public var resetSeconds: Int64
    /// Until the next token, seconds, rounded up.
    public var retryAfterSeconds: Int64
  }

  private struct Bucket {
    var tokens: Double
    var atMS: Int64
  }

  /// Most buckets; beyond it those that are full again are forgotten. Default 20,000.
  public var capacity = 20_000
  private var buckets: [String: Bucket] = [:]

  /// Every bucket is full.
  public init() {}

  /// Takes a token of `name`, whose bucket has `limit` and fills in a minute.
  public mutating func take(_ name: String, limit: Int, nowMS: Int64) -> Verdict {
    if buckets.count >= capacity, buckets[name] == nil { forgetFull(limit: limit, nowMS: nowMS) }
    var bucket = buckets[name] ?? Bucket(tokens: Double(limit), atMS: nowMS)
    let perMS = Double(limit) / 60_000
    bucket.tokens = min(Double(limit), bucket.tokens + Double(max(0, nowMS - bucket.atMS)) * perMS)
    bucket.atMS = nowMS
    let isAllowed = bucket.tokens >= 1
    if isAllowed { bucket.tokens -= 1 }
    buckets[name] = bucket
    let fullMS = nowMS + Int64(((Double(limit) - bucket.tokens) / perMS).rounded(.up))
    let waitMS = isAllowed ? 0 : (1 - bucket.tokens) / perMS
    return Verdict(
      isAllowed: isAllowed, limit: limit, remaining: Int(bucket.tokens), resetSeconds: (fullMS + 999) / 1000,
      retryAfterSeconds: Int64((waitMS / 1000).rounded(.up)))
  }

  /// A bucket that was not used for a minute is full: forgetting it changes nothing. If none is, the oldest go.
  private mutating func forgetFull(limit: Int, nowMS: Int64) {
    buckets = buckets.filter { nowMS - $0.value.atMS < 60_000 }
    guard buckets.count >= capacity else { return }
    for (name, _) in buckets.sorted(by: { $0.value.atMS < $1.value.atMS }).prefix(capacity / 10 + 1) {
      buckets[name] = nil
    }
  }
}
