/// One attempt, ready to be sent.
public struct HookRequest: Sendable, Hashable {
  /// The receiver's address as its owner gave it.
  public var url: String
  /// Header fields beside those that every request has.
  public var headers: [(name: String, value: String)] {
    var fields = [
      ("Content-Type", "application/json"), ("X-Hook-Id", id), ("X-Hook-Timestamp", "\(timestamp)"),
    ]
    if let signature { fields.append(("X-Hook-Signature", signature)) }
    return fields
  }
  /// The delivery's id.
  public var id: String
  /// Seconds since 1970.
  public var timestamp: Int64
  /// What proves the sender; nil without a secret.
  public var signature: String?
  /// The body.
  public var body: [UInt8]
}

/// What carries webhooks to their receivers: libcurl, or a model in tests.
public protocol HookTransport: Sendable {
  /// Posts once and says what came of it; never throws, and ends within `hooks.timeout`.
  func post(_ request: HookRequest) async -> HookOutcome
}
