import CNettle

/// SHA-256 and HMAC-SHA256 (FIPS 180-4, RFC 2104) by nettle; values without state.
public enum Digest {
  /// Bytes of a digest: 32.
  public static let size = Int(SHA256_DIGEST_SIZE)

  /// The SHA-256 of the bytes: 32 bytes.
  public static func sha256(_ bytes: [UInt8]) -> [UInt8] {
    var context = sha256_ctx()
    nettle_sha256_init(&context)
    nettle_sha256_update(&context, bytes.count, bytes)
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      nettle_sha256_digest(&context, size, buffer.baseAddress)
      count = size
    }
  }

  /// The HMAC-SHA256 of the bytes under a key of any length: 32 bytes.
  public static func hmacSHA256(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
    var context = hmac_sha256_ctx()
    nettle_hmac_sha256_set_key(&context, key.count, key)
    nettle_hmac_sha256_update(&context, bytes.count, bytes)
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      nettle_hmac_sha256_digest(&context, size, buffer.baseAddress)
      count = size
    }
  }

  /// Two lower-case hex digits a byte.
  public static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
      for (index, byte) in bytes.enumerated() {
        buffer[index * 2] = digits[Int(byte >> 4)]
        buffer[index * 2 + 1] = digits[Int(byte & 0xF)]
      }
      return bytes.count * 2
    }
  }

  /// Compares in a time that depends on the lengths only, so that a secret cannot be guessed byte by byte.
  public static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    guard a.count == b.count else { return false }
    var difference: UInt8 = 0
    for index in a.indices { difference |= a[index] ^ b[index] }
    return difference == 0
  }
}
