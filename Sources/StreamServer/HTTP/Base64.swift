import CNettle

/// The standard alphabet of RFC 4648 section 4.
public enum Base64 {
  /// The text of bytes, with padding.
  public static func encode(_ bytes: some Collection<UInt8>) -> String {
    let count = (bytes.count + 2) / 3 * 4
    return String(unsafeUninitializedCapacity: count) { text in
      text.withMemoryRebound(to: CChar.self) {
        nettle_base64_encode_raw($0.baseAddress, bytes.count, Array(bytes))
      }
      return count
    }
  }

  /// The bytes of a text; white space is skipped, padding may be missing, anything else gives nil.
  public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    var state = base64_decode_ctx()
    nettle_base64_decode_init(&state)
    guard let bytes = decode(Array(text), &state) else { return nil }
    if nettle_base64_decode_final(&state) == 1 { return bytes }
    guard !text.contains(UInt8(ascii: "=")) else { return nil }
    for _ in 0..<2 where nettle_base64_decode_final(&state) == 0 { _ = decode([UInt8(ascii: "=")], &state) }
    return nettle_base64_decode_final(&state) == 1 ? bytes : nil
  }

  private static func decode(_ text: [UInt8], _ state: inout base64_decode_ctx) -> [UInt8]? {
    var isGood = false
    // What the macro BASE64_DECODE_LENGTH of nettle says.
    let bytes = [UInt8](unsafeUninitializedCapacity: (text.count + 1) * 6 / 8) { bytes, count in
      isGood = text.withUnsafeBytes { text in
        nettle_base64_decode_update(
          &state, &count, bytes.baseAddress, text.count, text.bindMemory(to: CChar.self).baseAddress) == 1
      }
      if !isGood { count = 0 }
    }
    return isGood ? bytes : nil
  }
}
