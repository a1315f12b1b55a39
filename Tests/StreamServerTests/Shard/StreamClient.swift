import Glibc
import Reactor
import StreamServer
import Wire

/// A client of one event stream with a blocking socket on a thread of its own. It speaks HTTP/1.0, so that the body is
/// nothing but events.
actor StreamClient {
  struct Event: Sendable, Equatable {
    var name = ""
    var id: String?
    var data = ""
  }

  struct Failure: Error { var what: String }

  private nonisolated let thread: ThreadExecutor
  private var socket: Int32 = -1
  private var buffer: [UInt8] = []
  private var isPastHead = false

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  init() throws { thread = try ThreadExecutor(name: "client") }

  deinit {
    if socket >= 0 { close(socket) }
    thread.stop()
  }

  func connect(port: Int, query: String, receiveBuffer: Int32?) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    // Only there to fail: a test that waits for what never comes must end.
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    if var size = receiveBuffer {
      setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw Failure(what: "connect: \(errno)") }
    let request = Array("GET /?\(query) HTTP/1.0\r\nhost: localhost\r\n\r\n".utf8)
    guard send(socket, request, request.count, 0) == request.count else { throw Failure(what: "send") }
  }

  /// The next event; nil once the server has ended the stream.
  func next() throws -> Event? {
    while true {
      if !isPastHead, let end = position(of: Array("\r\n\r\n".utf8)) {
        buffer.removeFirst(end)
        isPastHead = true
      }
      if isPastHead, let end = position(of: Array("\n\n".utf8)) {
        let event = Self.parse(buffer[..<end])
        buffer.removeFirst(end)
        if let event { return event }
        continue
      }
      var more = [UInt8](repeating: 0, count: 64 << 10)
      let count = recv(socket, &more, more.count, 0)
      guard count >= 0 else { throw Failure(what: "recv: \(errno)") }
      guard count > 0 else { return nil }
      buffer += more[..<count]
    }
  }

  /// Everything up to the first event with a name, and that event.
  func events(until name: String) throws -> [Event] {
    var events: [Event] = []
    while let event = try next() {
      events.append(event)
      if event.name == name { return events }
    }
    throw Failure(what: "the stream ended before \(name)")
  }

  /// Everything up to the end of the stream.
  func rest() throws -> [Event] {
    var events: [Event] = []
    while let event = try next() { events.append(event) }
    return events
  }

  private func position(of separator: [UInt8]) -> Int? {
    guard buffer.count >= separator.count else { return nil }
    for start in 0...(buffer.count - separator.count)
    where buffer[start] == separator[0] && buffer[start..<(start + separator.count)].elementsEqual(separator)
    {
      return start + separator.count
    }
    return nil
  }

  /// Nil for comments and `retry`.
  private static func parse(_ bytes: ArraySlice<UInt8>) -> Event? {
    var event = Event()
    var isEvent = false
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
      guard parts.count == 2, !line.hasPrefix(":") else { continue }
      let value = String(parts[1].dropFirst())
      switch parts[0] {
      case "event": event.name = value
      case "id": event.id = value
      case "data":
        event.data = value
        isEvent = true
      default: break
      }
    }
    return isEvent ? event : nil
  }
}
