import CCurl
import Wire

/// Why a request got no answer.
enum RequestFailure: Error, Equatable {
  /// Nobody listens there.
  case unreachable(String)
  /// The connection broke, or the answer was not one.
  case broken(String)
  /// The command is to end.
  case interrupted

  var message: String {
    switch self {
    case .unreachable(let reason), .broken(let reason): reason
    case .interrupted: "interrupted"
    }
  }
}

/// An answer.
struct Reply {
  var status: Int
  var body: [UInt8]

  var json: JSONSlice? { JSONSlice(validating: body) }
}

/// A client of one server over libcurl: one request at a time, blocking. Owned by the command's one thread.
final class ServerConnection {
  let endpoint: Endpoint
  private let handle: UnsafeMutableRawPointer
  /// Keeps the connection between requests, and lets a wait end for other reasons than the network's.
  private let transfers: UnsafeMutableRawPointer
  private let interruption: Interruption

  /// - Throws: `broken` when libcurl cannot start.
  init(_ endpoint: Endpoint, interruption: Interruption) throws(RequestFailure) {
    guard tc_curl_ready() == 1, let handle = curl_easy_init() else { throw .broken("libcurl cannot start") }
    guard let transfers = curl_multi_init() else {
      curl_easy_cleanup(handle)
      throw .broken("libcurl cannot start")
    }
    self.endpoint = endpoint
    self.handle = handle
    self.transfers = transfers
    self.interruption = interruption
  }

  deinit {
    curl_easy_cleanup(handle)
    curl_multi_cleanup(transfers)
  }

  /// A whole answer, whatever its status.
  /// - Parameter body: JSON; without it a POST sends an empty object.
  func request(
    _ path: String, method: String = "GET", query: [(String, String)] = [], body: [UInt8]? = nil,
    timeout: Duration = .seconds(60)
  ) throws(RequestFailure) -> Reply {
    let sink = TransferSink(handle: handle, take: nil)
    prepare(path + PercentEncoding.query(query))
    tc_curl_set_long(handle, CURLOPT_TIMEOUT_MS, max(1, timeout.milliseconds))
    let body = body ?? (method == "POST" ? Array("{}".utf8) : nil)
    if method != "GET" { tc_curl_set_string(handle, CURLOPT_CUSTOMREQUEST, method) }
    if let body {
      tc_curl_set_long(handle, CURLOPT_POSTFIELDSIZE, body.count)
      // Copied by libcurl, by the size that was set before.
      body.withUnsafeBytes { bytes in
        _ = tc_curl_set_pointer(
          handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
      }
    }
    try perform(
      sink, headers: ["Accept: application/json"] + (body == nil ? [] : ["Content-Type: application/json"]))
    return Reply(status: sink.status, body: sink.body)
  }

  /// A stream. `take` gets the bytes of a 200 as they come and says whether to go on.
  /// - Parameter silence: how long no byte may come before the stream counts as broken; servers send a comment
  ///   at least every 15 s.
  /// - Returns: the status and the body of an answer that is not 200.
  func stream(
    _ path: String, query: [(String, String)], lastEventID: String?, silence: Duration = .seconds(60),
    take: @escaping (UnsafeRawBufferPointer) -> Bool
  ) throws(RequestFailure) -> Reply {
    let sink = TransferSink(handle: handle, take: take)
    prepare(path + PercentEncoding.query(query))
    tc_curl_set_long(handle, CURLOPT_LOW_SPEED_LIMIT, 1)
    tc_curl_set_long(handle, CURLOPT_LOW_SPEED_TIME, max(1, silence.milliseconds / 1000))
    try perform(
      sink, headers: ["Accept: text/event-stream"] + (lastEventID.map { ["Last-Event-ID: \($0)"] } ?? []))
    return Reply(status: sink.status, body: sink.body)
  }

  private func prepare(_ target: String) {
    curl_easy_reset(handle)
    tc_curl_set_string(handle, CURLOPT_URL, endpoint.base + target)
    tc_curl_set_string(handle, CURLOPT_PROTOCOLS_STR, "http,https")
    tc_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
    tc_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, 5000)
    if case .socket(let path) = endpoint {
      tc_curl_set_string(handle, CURLOPT_UNIX_SOCKET_PATH, path)
      // A proxy of the environment would get requests that are meant for this machine.
      tc_curl_set_string(handle, CURLOPT_NOPROXY, "*")
    } else {
      tc_curl_set_string(handle, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1")
    }
  }

  private func perform(_ sink: TransferSink, headers: [String]) throws(RequestFailure) {
    var list: UnsafeMutablePointer<curl_slist>?
    defer { curl_slist_free_all(list) }
    var headers = headers
    // curl would ask for `100 Continue` first, which no request of ours is large enough for.
    headers.append("Expect:")
    if case .url(_, let key?) = endpoint { headers.append("X-API-Key: \(key)") }
    for header in headers { list = curl_slist_append(list, header) }
    tc_curl_set_pointer(handle, CURLOPT_HTTPHEADER, list)
    tc_curl_set_pointer(handle, CURLOPT_WRITEDATA, Unmanaged.passUnretained(sink).toOpaque())
    tc_curl_set_write(handle) { pointer, size, count, context in
      guard let pointer, let context else { return 0 }
      let sink = Unmanaged<TransferSink>.fromOpaque(context).takeUnretainedValue()
      return sink.accept(UnsafeRawBufferPointer(start: pointer, count: size * count)) ? size * count : 0
    }
    let code = withExtendedLifetime(sink) { transfer() }
    sink.readStatus()
    switch code {
    case nil: throw .interrupted
    case CURLE_OK?: return
    case CURLE_WRITE_ERROR? where sink.isStopped: return
    // Whoever interrupts a command often ends the server with it: what broke meanwhile is not the news.
    case .some where interruption.isDue: throw .interrupted
    case CURLE_COULDNT_CONNECT?, CURLE_COULDNT_RESOLVE_HOST?:
      throw .unreachable("nobody answers at \(describe(endpoint))")
    case CURLE_PARTIAL_FILE?, CURLE_GOT_NOTHING?, CURLE_RECV_ERROR?, CURLE_SEND_ERROR?:
      throw .broken("the connection to \(describe(endpoint)) broke")
    case CURLE_OPERATION_TIMEDOUT?: throw .broken("nothing came from \(describe(endpoint)) for too long")
    case let code?: throw .broken("\(describe(endpoint)): \(String(cString: curl_easy_strerror(code)))")
    }
  }

  /// Runs the prepared transfer to its end; nil when it was interrupted.
  private func transfer() -> CURLcode? {
    guard curl_multi_add_handle(transfers, handle) == CURLM_OK else { return CURLE_FAILED_INIT }
    defer { curl_multi_remove_handle(transfers, handle) }
    var running: Int32 = 0
    while curl_multi_perform(transfers, &running) == CURLM_OK {
      var messages: Int32 = 0
      if running == 0 {
        return curl_multi_info_read(transfers, &messages)?.pointee.data.result ?? CURLE_FAILED_INIT
      }
      var end = curl_waitfd(fd: interruption.descriptor, events: Int16(CURL_WAIT_POLLIN), revents: 0)
      // Once a second also what wakes nobody is looked for: silence, and a reader that went away.
      curl_multi_poll(transfers, &end, 1, 1000, nil)
      if interruption.isDue { return nil }
    }
    return CURLE_FAILED_INIT
  }

  private func describe(_ endpoint: Endpoint) -> String {
    switch endpoint {
    case .socket(let path): path
    case .url(let base, _): base
    }
  }
}

/// Where libcurl puts a body: streamed on for a 200, collected otherwise.
private final class TransferSink {
  /// An answer is a page of JSON; more is a mistake that must not fill the memory.
  private static let bodyLimit = 256 << 20
  private let handle: UnsafeMutableRawPointer
  private let take: ((UnsafeRawBufferPointer) -> Bool)?
  private(set) var status = 0
  private(set) var body: [UInt8] = []
  /// The receiver wanted no more: the transfer's error is no failure.
  private(set) var isStopped = false

  init(handle: UnsafeMutableRawPointer, take: ((UnsafeRawBufferPointer) -> Bool)?) {
    self.handle = handle
    self.take = take
  }

  func readStatus() {
    var code = 0
    tc_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &code)
    status = code
  }

  func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
    readStatus()
    if let take, status == 200 {
      isStopped = !take(bytes)
      return !isStopped
    }
    body += bytes
    return body.count <= Self.bodyLimit
  }
}
