import Glibc

/// An IP address. A value.
struct IPAddress: Sendable, Hashable, CustomStringConvertible {
  /// 4 or 16 bytes in network order.
  let bytes: [UInt8]

  /// An address of 4 or 16 bytes.
  init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    self.bytes = Array(bytes)
  }

  /// The address of a socket address; nil for another family.
  init?(_ address: UnsafeRawPointer, family: Int32) {
    switch family {
    case AF_INET:
      let part = address.loadUnaligned(as: sockaddr_in.self).sin_addr
      self.init(bytes: withUnsafeBytes(of: part) { Array($0) })
    case AF_INET6:
      let part = address.loadUnaligned(as: sockaddr_in6.self).sin6_addr
      self.init(bytes: withUnsafeBytes(of: part) { Array($0) })
    default: return nil
    }
  }

  /// An address in its standard text form; nil for anything else.
  init?(_ text: String) {
    var four = in_addr()
    var sixteen = in6_addr()
    if inet_pton(AF_INET, text, &four) == 1 {
      self.init(bytes: withUnsafeBytes(of: four) { Array($0) })
    } else if inet_pton(AF_INET6, text, &sixteen) == 1 {
      self.init(bytes: withUnsafeBytes(of: sixteen) { Array($0) })
    } else {
      return nil
    }
  }

  /// Whether it is of version 6.
  var isSix: Bool { bytes.count == 16 }

  /// The text form, IPv6 without brackets.
  var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard inet_ntop(isSix ? AF_INET6 : AF_INET, bytes, &text, socklen_t(text.count)) != nil else {
      return "?"
    }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension IPAddress {
  /// Whether the address is one of the public internet: what a webhook may call without `hooks.allow_private`.
  ///
  /// By the special-purpose registries of RFC 6890 and its successors; whatever is not known to be public is not.
  var isPublic: Bool { isSix ? Self.isPublicSix(bytes) : Self.isPublicFour(bytes[...]) }

  private static func isPublicFour(_ bytes: ArraySlice<UInt8>) -> Bool {
    let value = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return !reservedFour.contains { value >> (32 - $0.bits) == $0.prefix >> (32 - $0.bits) }
  }

  private static let reservedFour: [(prefix: UInt32, bits: UInt32)] = [
    (0x0000_0000, 8),  // this network; 0.0.0.0 is this machine
    (0x0a00_0000, 8),  // private
    (0x6440_0000, 10),  // carrier-grade NAT
    (0x7f00_0000, 8),  // loopback
    (0xa9fe_0000, 16),  // link-local, and the clouds' metadata services
    (0xac10_0000, 12),  // private
    (0xc000_0000, 24),  // protocol assignments
    (0xc000_0200, 24),  // documentation
    (0xc058_6300, 24),  // 6to4 relays
    (0xc0a8_0000, 16),  // private
    (0xc612_0000, 15),  // benchmarks
    (0xc633_6400, 24),  // documentation
    (0xcb00_7100, 24),  // documentation
    (0xe000_0000, 4),  // multicast
    (0xf000_0000, 4),  // reserved, broadcast
  ]

  /// Only global unicast is public, less the stretches of it that are something else or hide an IPv4 address: mapped,
  /// translated and tunnelled addresses lead to what they hide.
  private static func isPublicSix(_ bytes: [UInt8]) -> Bool {
    let words = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
    if Array(words[..<6]) == [0x64, 0xff9b, 0, 0, 0, 0] { return isPublicFour(bytes[12...]) }
    guard words[0] & 0xe000 == 0x2000 else { return false }
    switch words[0] {
    case 0x2001: return words[1] >= 0x200 && words[1] != 0xdb8
    case 0x2002: return false
    case 0x3fff: return words[1] >= 0x1000
    default: return true
    }
  }
}
