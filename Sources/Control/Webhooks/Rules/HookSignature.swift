import Store

/// What proves to a receiver that a webhook is ours and new. A value without state.
enum HookSignature {
  /// `sha256=` and the HMAC-SHA256 of `timestamp.body` under the contract's secret, in hex (API section 5).
  /// - Parameter timestamp: seconds since 1970, as the header `X-Hook-Timestamp` says it.
  static func of(_ body: [UInt8], timestamp: Int64, secret: String) -> String {
    "sha256=" + Digest.hex(Digest.hmacSHA256(key: Array(secret.utf8), Array("\(timestamp).".utf8) + body))
  }
}
