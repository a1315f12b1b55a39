import CLinux
import Glibc
import Reactor

/// Owns one listening socket. Lives on the home loop.
final class Listener {
  /// Why an address cannot be listened on.
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  let descriptor: Int32
  /// True for a Unix socket.
  let isUnix: Bool
  private let path: String?

  private init(descriptor: Int32, path: String?) {
    self.descriptor = descriptor
    self.path = path
    isUnix = path != nil
  }

  deinit {
    close(descriptor)
    if let path { unlink(path) }
  }

  /// Listens on a Unix socket (0600). A socket file that nobody listens on is replaced.
  static func unix(_ path: String, backlog: Int32 = 4096) throws(Failure) -> Listener {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw Failure(
        description: "\(path): the path of a Unix socket may have at most 107 bytes (listen.socket)")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    if isAnswered(&address) {
      throw Failure(description: "\(path): another server listens there (listen.socket)")
    }
    unlink(path)
    let descriptor = socket(AF_UNIX, TC_SOCK_STREAM | TC_SOCK_NONBLOCK | TC_SOCK_CLOEXEC, 0)
    let old = umask(0o177)
    let bound = bind(descriptor, &address, MemoryLayout<sockaddr_un>.size)
    umask(old)
    guard descriptor >= 0, bound == 0, listen(descriptor, backlog) == 0 else {
      let reason = String(cString: strerror(errno))
      if descriptor >= 0 { close(descriptor) }
      throw Failure(description: "\(path): \(reason) (listen.socket)")
    }
    return Listener(descriptor: descriptor, path: path)
  }

  /// Listens on a numeric address or a name that leads to one; port 0 takes any free one.
  static func tcp(_ host: String, port: Int, backlog: Int32 = 4096) throws(Failure) -> (Listener, port: Int) {
    var hints = addrinfo()
    hints.ai_socktype = TC_SOCK_STREAM
    hints.ai_flags = AI_PASSIVE
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &found) == 0, let first = found else {
      throw Failure(description: "\(host): no such address (listen.host)")
    }
    defer { freeaddrinfo(first) }
    let descriptor = socket(first.pointee.ai_family, TC_SOCK_STREAM | TC_SOCK_NONBLOCK | TC_SOCK_CLOEXEC, 0)
    var one: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    guard descriptor >= 0, bind(descriptor, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0,
      listen(descriptor, backlog) == 0
    else {
      let reason = errno
      if descriptor >= 0 { close(descriptor) }
      let text =
        reason == EADDRINUSE
        ? "port \(port) is taken: stop the program that uses it, or choose another with --port (listen.port)"
        : "\(host):\(port): \(String(cString: strerror(reason))) (listen.host, listen.port)"
      throw Failure(description: text)
    }
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let actual = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw -> Int in
        guard getsockname(descriptor, raw, &length) == 0 else { return port }
        return PeerAddress.port(raw)
      }
    }
    return (Listener(descriptor: descriptor, path: nil), actual)
  }

  /// True when somebody accepts on a Unix socket.
  private static func isAnswered(_ address: inout sockaddr_un) -> Bool {
    let probe = socket(AF_UNIX, TC_SOCK_STREAM | TC_SOCK_CLOEXEC, 0)
    defer { close(probe) }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
        connect(probe, raw, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
  }

  private static func bind(_ descriptor: Int32, _ address: inout sockaddr_un, _ size: Int) -> Int32 {
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.bind(descriptor, $0, socklen_t(size))
      }
    }
  }

  private static func bind(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>?, _ size: socklen_t)
    -> Int32
  {
    Glibc.bind(descriptor, address, size)
  }
}
