import Glibc
import Reactor

/// The one connection on which lines are posted to a server that is no follower of files; used by the writers'
/// thread alone.
///
/// Posts are pipelined and their answers dropped: a line that was refused is a gap at its readers.
final class Publisher: Sendable {
  private let fd: Int32
  private let host: String

  /// Connects, blocking.
  init(_ address: ServerAddress, _ path: Scenario.Path) throws(SystemError) {
    switch try address.connect(path) {
    case .open(let open), .opening(let open): fd = open
    case .refused: throw SystemError(call: "connect", errno: ECONNREFUSED)
    }
    host = address.host(path)
  }

  deinit { close(fd) }

  /// Posts one line to `/publish/session`; returns when the kernel has all of it.
  func post(_ line: Stretch, session: String) throws(SystemError) {
    var request: [UInt8] = []
    request.append("POST /publish/")
    request.append(contentsOf: session.utf8)
    request.append(" HTTP/1.1\r\nHost: ")
    request.append(contentsOf: host.utf8)
    request.append("\r\nContent-Type: text/plain\r\nContent-Length: ")
    request.append(decimal: UInt64(line.count))
    request.append("\r\n\r\n")
    request.append(line)
    var done = 0
    while done < request.count {
      let sent = request.withUnsafeBytes { bytes in
        send(fd, bytes.baseAddress.map { $0 + done }, bytes.count - done, Int32(MSG_NOSIGNAL))
      }
      if sent > 0 {
        done += sent
      } else if errno == EAGAIN || errno == ENOTCONN {
        var entry = pollfd(fd: fd, events: Int16(POLLIN | POLLOUT), revents: 0)
        poll(&entry, 1, 1000)
      } else if errno != EINTR {
        throw SystemError(call: "send to /publish")
      }
      // A server that cannot send its answers takes no more posts.
      try dropAnswers()
    }
  }

  private func dropAnswers() throws(SystemError) {
    try withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { page throws(SystemError) in
      while true {
        let got = recv(fd, page.baseAddress, page.count, Int32(MSG_DONTWAIT))
        if got == 0 { throw SystemError(call: "recv from /publish", errno: ECONNRESET) }
        if got < page.count { return }
      }
    }
  }
}
