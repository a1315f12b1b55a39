import Store

/// Signs the cookies of browsers, so that they survive a restart without being stored. A value.
///
/// A cookie reads `<expiry in ms>.<nonce>.<HMAC-SHA256 of both>`; a new secret ends them all.
public struct CookieSigner: Sendable {
  /// The cookie's name.
  public static let name = "tailcast_access"
  private let secret: [UInt8]

  /// A signer; its secret is made of a key that only this server knows.
  public init(key: String) {
    secret = Digest.hmacSHA256(key: Array(key.utf8), Array("tailcast cookie".utf8))
  }

  /// The value of a new cookie.
  public func sign(expiresMS: Int64) -> String {
    let text = "\(expiresMS).\(Secret.make(bytes: 8))"
    return "\(text).\(mark(text))"
  }

  /// Whether a value was signed here and has not expired.
  public func isValid(_ value: String, nowMS: Int64) -> Bool {
    let parts = value.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let expiresMS = Int64(parts[0]), expiresMS > nowMS else { return false }
    return Digest.equal(Array(parts[2].utf8), Array(mark("\(parts[0]).\(parts[1])").utf8))
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
