import CLinux
import Glibc

/// Reads socket addresses.
enum PeerAddress {
  /// The port of an IPv4 or IPv6 address.
  static func port(_ address: UnsafePointer<sockaddr>) -> Int {
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
      return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
        Int(UInt16(bigEndian: $0.pointee.sin_port))
      }
    case AF_INET6:
      return address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
        Int(UInt16(bigEndian: $0.pointee.sin6_port))
      }
    default: return 0
    }
  }

  /// The TCP peer of an accepted socket.
  static func peer(_ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Peer {
    var name = [CChar](repeating: 0, count: 64)
    getnameinfo(address, length, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST)
    let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let plain = text.hasPrefix("::ffff:") ? String(text.dropFirst(7)) : text
    return .tcp(address: plain, isLoopback: plain.hasPrefix("127.") || plain == "::1")
  }
}
