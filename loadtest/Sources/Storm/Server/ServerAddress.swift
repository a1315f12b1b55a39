import Glibc
import Reactor

/// Where a server listens and what it wants to see: enough to open a connection of any reader.
public struct ServerAddress: Sendable, Equatable {
  /// The TCP port of 127.0.0.1; nil when the server has none.
  public var port: UInt16?
  /// The path of the Unix socket; nil when the server has none.
  public var socket: String?
  /// The access key, which TCP needs.
  public var key: String?

  /// An address of what is known.
  public init(port: UInt16? = nil, socket: String? = nil, key: String? = nil) {
    self.port = port
    self.socket = socket
    self.key = key
  }

  /// Reads `http://127.0.0.1:PORT`; nil for any host that is not this machine.
  public static func port(ofURL url: String) -> UInt16? {
    guard url.hasPrefix("http://") else { return nil }
    let authority = url.dropFirst(7).prefix { $0 != "/" }
    let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == "127.0.0.1" || parts[0] == "localhost" else { return nil }
    return UInt16(parts[1])
  }

  /// The `Host` that belongs to a connection of `path`.
  func host(_ path: Scenario.Path) -> String {
    if path == .tcp, let port { "127.0.0.1:\(port)" } else { "localhost" }
  }

  /// What became of a `connect`.
  enum Connection: Sendable {
    case open(Int32)
    /// The descriptor becomes writable when the connection stands or has failed.
    case opening(Int32)
    /// The server's queue is full, or nobody listens; a later attempt may succeed.
    case refused
  }

  /// Opens a non-blocking socket to the server; `receiveBuffer` is its `SO_RCVBUF`, 0 for the system's.
  func connect(_ path: Scenario.Path, receiveBuffer: Int = 0) throws(SystemError) -> Connection {
    let family = path == .tcp ? AF_INET : AF_UNIX
    let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let fd = Glibc.socket(family, Int32(SOCK_STREAM.rawValue) | flags, 0)
    guard fd >= 0 else { throw SystemError(call: "socket") }
    if receiveBuffer > 0 {
      var bytes = Int32(clamping: receiveBuffer)
      setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }
    let result = path == .tcp ? connectTCP(fd) : connectUnix(fd)
    if result == 0 { return .open(fd) }
    let failure = errno
    if failure == EINPROGRESS { return .opening(fd) }
    close(fd)
    switch failure {
    case EAGAIN, ECONNREFUSED, ENOENT, ECONNRESET: return .refused
    default: throw SystemError(call: "connect", errno: failure)
    }
  }

  private func connectTCP(_ fd: Int32) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = (port ?? 0).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  private func connectUnix(_ fd: Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = Array((socket ?? "").utf8)
    let fits = withUnsafeMutableBytes(of: &address.sun_path) { target in
      guard path.count < target.count else { return false }
      target.copyBytes(from: path)
      return true
    }
    guard fits else {
      errno = ENAMETOOLONG
      return -1
    }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(fd, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}
