import Glibc
import Reactor

/// Single blocking requests to a server, made before any reader connects.
struct ServerProbe {
  let address: ServerAddress
  let path: Scenario.Path

  /// The status of `GET target`; nil when there was no answer within `milliseconds`.
  func status(_ target: String, milliseconds: Int32 = 5000) -> Int? {
    guard let connection = try? address.connect(path) else { return nil }
    let fd: Int32
    switch connection {
    case .open(let open), .opening(let open): fd = open
    case .refused: return nil
    }
    defer { close(fd) }
    guard wait(fd, Int16(POLLOUT), milliseconds) else { return nil }
    var request: [UInt8] = []
    RequestText.append("GET", target, address, path, extra: ["Connection: close"], to: &request)
    guard send(fd, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else { return nil }
    var head: [UInt8] = []
    var page = [UInt8](repeating: 0, count: 4096)
    while head.count < 12 {
      guard wait(fd, Int16(POLLIN), milliseconds) else { return nil }
      let got = recv(fd, &page, page.count, 0)
      guard got > 0 else { return nil }
      head.append(contentsOf: page.prefix(got))
    }
    return Int(String(decoding: head[9..<12], as: UTF8.self))
  }

  private func wait(_ fd: Int32, _ events: Int16, _ milliseconds: Int32) -> Bool {
    var entry = pollfd(fd: fd, events: events, revents: 0)
    while true {
      let ready = poll(&entry, 1, milliseconds)
      if ready < 0, errno == EINTR { continue }
      return ready == 1
    }
  }
}
