// Follows one session of a Tailcast server. Swift and Glibc only: `swiftc tail.swift`.
//
//   tail HOST PORT SESSION [--view raw|events] [--after CURSOR] [--key KEY]
//
// Prints one line for each event that has an id: its name, its id and its JSON, separated by tabs. Lines named `message`
// are records. A line named `reset` says that everything printed before it is no longer the transcript: the next lines
// are the transcript from its beginning. What concerns the connection goes to standard error.
//
// Ends with 1 when the server will not serve this stream whatever is done (unknown session, wrong key, bad cursor).
import Glibc

/// The server sends a comment after 15 s without an event; three missing ones are a dead connection.
let silenceSeconds = 45
let longestWaitMS = 30_000

/// One server-sent event; `id` is nil for events that have none.
struct Event {
  var name = "message"
  var id: String?
  var data: String?
}

/// Why a connection is over.
enum Ending: Error {
  /// The server will give the same answer again.
  case refused(String)
  /// The stream goes on with the next connection.
  case lost(String)
}

/// A TCP connection that is read line by line.
final class Lines {
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var start = 0
  private var chunk = [UInt8](repeating: 0, count: 65536)

  init(host: String, port: String) throws {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, port, &hints, &found) == 0 else { throw Ending.lost("no address for \(host)") }
    defer { freeaddrinfo(found) }
    var candidate = found
    while let address = candidate?.pointee {
      let descriptor = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
      var limit = timeval(tv_sec: silenceSeconds, tv_usec: 0)
      setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
      if descriptor >= 0, connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 {
        self.descriptor = descriptor
        return
      }
      if descriptor >= 0 { close(descriptor) }
      candidate = address.ai_next
    }
    throw Ending.lost(String(cString: strerror(errno)))
  }

  deinit { close(descriptor) }

  func send(_ text: String) throws {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Ending.lost(String(cString: strerror(errno))) }
      sent += count
    }
  }

  /// The next line without its end; nil at the end of the connection, where half a line counts for nothing.
  func next() throws -> String? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0A) {
        var line = buffer[start..<end]
        if line.last == 0x0D { line = line.dropLast() }
        start = end + 1
        return String(decoding: line, as: UTF8.self)
      }
      buffer.removeFirst(start)
      start = 0
      searched = buffer.count
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count == 0 { return nil }
      guard count > 0 else {
        if errno == EINTR { continue }
        throw Ending.lost(errno == EAGAIN ? "silence" : String(cString: strerror(errno)))
      }
      buffer += chunk[..<count]
    }
  }
}

/// A session's events, over as many connections as it takes.
struct Tail {
  var host: String
  var port: String
  var session: String
  var view = "raw"
  var key: String?
  /// The id of the last event that was given away. Whoever stores it together with what was made of that event, and
  /// begins there the next time, misses nothing and handles nothing twice.
  var cursor: String?
  private var retryMS = 2000

  init(host: String, port: String, session: String) {
    self.host = host
    self.port = port
    self.session = session
  }

  /// Gives events to `body` until the server refuses for good; the refusal.
  mutating func follow(_ body: (Event) -> Void) -> String {
    var failures = 0
    while true {
      do {
        try connection { event in
          failures = 0
          body(event)
        }
      } catch Ending.refused(let why) {
        return why
      } catch {
        failures += 1
        // Many clients lose their server in the same moment; they must not all come back in one.
        let longest = min(longestWaitMS, retryMS << min(failures - 1, 8))
        let wait = Int.random(in: longest / 2...longest * 3 / 2)
        complain("connection lost (\(error)); again in \(wait) ms")
        usleep(UInt32(wait) * 1000)
      }
    }
  }

  private mutating func connection(_ body: (Event) -> Void) throws {
    let lines = try Lines(host: host, port: port)
    // HTTP/1.0 is answered without chunks: the body ends with the connection.
    var request = "GET /api/v1/sessions/\(session)/stream?view=\(view) HTTP/1.0\r\nhost: \(host):\(port)\r\n"
    request += "accept: text/event-stream\r\n"
    if let cursor { request += "last-event-id: \(cursor)\r\n" }
    if let key { request += "x-api-key: \(key)\r\n" }
    try lines.send(request + "\r\n")
    guard let head = try lines.next() else { throw Ending.lost("no answer") }
    let status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    while let line = try lines.next(), !line.isEmpty {}
    guard status == 200 else {
      let why = "\(status): \(try lines.next() ?? "")"
      let isFinal = (400..<500).contains(status) && status != 408 && status != 429
      throw isFinal ? Ending.refused(why) : Ending.lost(why)
    }
    try events(lines, body)
  }

  /// The event stream format (WHATWG HTML, section 9.2), as far as the server uses it.
  private mutating func events(_ lines: Lines, _ body: (Event) -> Void) throws {
    var event = Event()
    while let line = try lines.next() {
      if line.isEmpty {
        if event.data != nil {
          // Before the event is given away, and never for half an event.
          if let id = event.id { cursor = id }
          body(event)
        }
        event = Event()
        continue
      }
      let colon = line.firstIndex(of: ":") ?? line.endIndex
      var value = colon == line.endIndex ? "" : line[line.index(after: colon)...]
      if value.first == " " { value = value.dropFirst() }
      switch line[..<colon] {
      case "event": event.name = String(value)
      case "id": event.id = String(value)
      case "data": event.data = event.data.map { "\($0)\n\(value)" } ?? String(value)
      case "retry": retryMS = Int(value) ?? retryMS
      default: break
      }
    }
    throw Ending.lost("the server closed it")
  }
}

func complain(_ text: String) {
  let bytes = Array((text + "\n").utf8)
  _ = write(2, bytes, bytes.count)
}

var operands: [String] = []
var options: [String: String] = [:]
var words = CommandLine.arguments.dropFirst()
while let word = words.popFirst() {
  if ["--view", "--after", "--key"].contains(word) {
    options[word] = words.popFirst()
  } else {
    operands.append(word)
  }
}
guard operands.count == 3 else {
  complain("tail HOST PORT SESSION [--view raw|events] [--after CURSOR] [--key KEY]")
  exit(2)
}
var tail = Tail(host: operands[0], port: operands[1], session: operands[2])
tail.view = options["--view"] ?? "raw"
tail.cursor = options["--after"]
tail.key = options["--key"] ?? getenv("TAILCAST_KEY").map { String(cString: $0) }
let refusal = tail.follow { event in
  // hello repeats the position that was asked for; it says nothing new about the transcript.
  guard let id = event.id, event.name != "hello" else { return }
  print(event.name, id, event.data ?? "", separator: "\t")
  fflush(nil)
}
complain(refusal)
exit(1)
