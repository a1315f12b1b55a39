import Glibc
import TestSupport

/// A server of one thread on a Unix socket: reads a request head, writes what `answer` says, closes.
final class FakeServer: Sendable {
  /// Head of a request and the number of requests before it, to the bytes of the answer.
  typealias Answer = @Sendable (_ head: String, _ index: Int) -> String

  let directory: String
  var socketPath: String { directory + "/s" }
  private let listener: Int32
  private let answer: Answer
  private let heads = Locked<[String]>([])
  private let texts = Locked<[String]>([])

  /// The bodies of all requests so far, empty for one without.
  var bodies: [String] { texts.withLock { $0 } }

  /// The heads of all requests so far.
  var requests: [String] { heads.withLock { $0 } }
  /// The first lines of all requests so far, without the version.
  var targets: [String] {
    requests.map { $0.split(separator: "\r\n")[0].split(separator: " ").dropLast().joined(separator: " ") }
  }

  init(answer: @escaping Answer) {
    self.answer = answer
    directory = TemporaryFolder.make()
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: (directory + "/s").utf8) }
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    precondition(bound == 0 && listen(listener, 16) == 0, "cannot listen: \(errno)")
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { context in
        Unmanaged<FakeServer>.fromOpaque(context!).takeRetainedValue().run()
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
    pthread_detach(thread)
  }

  /// Ends the thread.
  func close() {
    shutdown(listener, Int32(SHUT_RDWR))
  }

  /// A run file that names this server, by default in a state directory of its own.
  func writeRunFile(pid: Int32 = getpid(), to state: String? = nil) {
    TemporaryFolder.write(
      (state ?? directory) + "/run.json", "{\"pid\":\(pid),\"socket\":\"\(socketPath)\",\"url\":\"http://u\"}"
    )
  }

  private func run() {
    while true {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { break }
      var head: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 4096)
      while !String(decoding: head, as: UTF8.self).contains("\r\n\r\n") {
        let count = read(connection, &buffer, buffer.count)
        guard count > 0 else { break }
        head += buffer[..<count]
      }
      let (text, body) = Self.split(head)
      texts.withLock { $0.append(body + Self.rest(connection, of: text, after: body)) }
      let index = heads.withLock { heads in
        heads.append(text)
        return heads.count - 1
      }
      let bytes = Array(answer(text, index).utf8)
      _ = bytes.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      Glibc.close(connection)
    }
    Glibc.close(listener)
  }

  private static func split(_ bytes: [UInt8]) -> (head: String, body: String) {
    let parts = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n\r\n", maxSplits: 1)
    return (String(parts.first ?? "") + "\r\n\r\n", parts.count > 1 ? String(parts[1]) : "")
  }

  /// What of a body has not come with its head.
  private static func rest(_ connection: Int32, of head: String, after begun: String) -> String {
    let field = head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
    let size = field.flatMap { Int($0.split(separator: " ").last ?? "") } ?? 0
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while begun.utf8.count + bytes.count < size {
      let count = read(connection, &buffer, buffer.count)
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A JSON answer.
  static func json(_ body: String, status: Int = 200) -> String {
    "HTTP/1.1 \(status) X\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
      + "Connection: close\r\n\r\n\(body)"
  }

  /// A stream that ends when the connection does.
  static func stream(_ body: String) -> String {
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\nretry: 1\n\(body)"
  }

  /// An event of a stream: a message of the user.
  static func frame(_ name: String, _ id: String, _ text: String = "") -> String {
    let data = "{\"role\":\"user\",\"blocks\":[{\"type\":\"text\",\"text\":\"\(text)\"}]}"
    return "event: \(name)\nid: \(id)\ndata: \(data)\n\n"
  }
}

/// Folders of tests, left to the system to clear.
enum TemporaryFolder {
  static func make() -> String {
    var template = Array("/tmp/tailcast-test-XXXXXX".utf8CString)
    return String(cString: mkdtemp(&template))
  }

  static func write(_ path: String, _ text: String) {
    let file = fopen(path, "w")
    fputs(text, file)
    fclose(file)
  }
}
