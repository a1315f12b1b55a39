import CLinux
import Glibc

/// The calls on connected sockets. Results: bytes, or the errno as a negative number; EINTR is retried.
enum Socket {
  /// Unsent bytes at which the kernel takes no more for a live stream.
  ///
  /// What a slow client lacks stands in the log and in the file. Without this the kernel would copy up to 2.5 MB of it
  /// for each of them, at the expense of those that read.
  private static let unsentLimit: Int32 = 32 << 10

  /// What is written leaves at once.
  static func sendAtOnce(_ descriptor: Int32) { set(descriptor, TCP_NODELAY, 1) }

  /// Bounds what waits in the kernel (tcp(7), `TCP_NOTSENT_LOWAT`) while a client is live, and lifts the bound for
  /// history, of which each client has pages of its own: there more at a time is faster. No effect on Unix sockets.
  static func boundUnsent(_ descriptor: Int32, _ isLive: Bool) {
    set(descriptor, TCP_NOTSENT_LOWAT, isLive ? unsentLimit : 0)
  }

  private static func set(_ descriptor: Int32, _ option: Int32, _ value: Int32) {
    var value = value
    setsockopt(descriptor, Int32(IPPROTO_TCP), option, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    while true {
      let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, TC_MSG_NOSIGNAL | TC_MSG_DONTWAIT)
      if count >= 0 { return count }
      if errno != EINTR { return -Int(errno) }
    }
  }

  static func receive(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    while true {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, TC_MSG_DONTWAIT)
      if count >= 0 { return count }
      if errno != EINTR { return -Int(errno) }
    }
  }

  /// True for the errno of a socket that is full or has nothing to read.
  static func wouldBlock(_ result: Int) -> Bool { result == -Int(EAGAIN) || result == -Int(EWOULDBLOCK) }
}
