import CLinux
import Glibc

/// The calls on connected sockets. Results: bytes, or the errno as a negative number; EINTR is retried.
enum Socket {
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
