import Store

/// Signs the cookies of browsers, so that they survive a restart without being stored. A value.
///
/// A cookie reads `<expiry in ms>.<nonce>.<HMAC-SHA256 of both>`. A new key ends them all, and so does the next generation
/// of the secret.
public struct CookieSigner: Sendable {
  /// The cookie's name.
  public static let name = "tailcast_access"
  /// Counts how often all cookies were revoked.
  public private(set) var generation: Int64
  private let key: [UInt8]
  private var secret: [UInt8]

  /// A signer; its secret is made of a key that only this server knows.
  public init(key: String, generation: Int64 = 0) {
    self.key = Array(key.utf8)
    self.generation = generation
    secret = Self.secret(self.key, generation)
  }

  /// Cookies of a generation are no good any more: the next ones are of the next.
  mutating func leave(_ generation: Int64) {
    guard generation >= self.generation else { return }
    self.generation = generation + 1
    secret = Self.secret(key, self.generation)
  }

  /// The value of a new cookie.
  public func sign(expiresMS: Int64) -> String {
    let text = "\(expiresMS).\(Secret.make(bytes: 8))"
    return "\(text).\(mark(text))"
  }

  /// When a value expires that was signed here, milliseconds since 1970; nil for any other, and for one that has.
  public func expiry(of value: String, nowMS: Int64) -> Int64? {
    let parts = value.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let expiresMS = Int64(parts[0]), expiresMS > nowMS,
      Digest.equal(Array(parts[2].utf8), Array(mark("\(parts[0]).\(parts[1])").utf8))
    else { return nil }
    return expiresMS
  }

  private static func secret(_ key: [UInt8], _ generation: Int64) -> [UInt8] {
    Digest.hmacSHA256(key: key, Array("tailcast cookie \(generation)".utf8))
  }

  private func mark(_ text: String) -> String {
    Digest.hex(Digest.hmacSHA256(key: secret, Array(text.utf8)))
  }

  /// The value of a cookie of this name in a `Cookie` header (RFC 6265 section 5.4).
  static func value(in header: String) -> String? {
    for pair in header.split(separator: ";") {
      let text = pair.drop { $0 == " " }
      if text.hasPrefix(name + "=") { return String(text.dropFirst(name.count + 1)) }
    }
    return nil
  }
}
