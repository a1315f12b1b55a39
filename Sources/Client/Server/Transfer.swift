import CCurl

/// One request of libcurl to a server, and everything that it points to while it runs. Owned by the thread of its
/// caller.
final class Transfer {
  /// An answer is a page of JSON; more is a mistake that must not fill the memory.
  private static let bodyLimit = 256 << 20

  let handle: UnsafeMutableRawPointer
  private let endpoint: Endpoint
  private let take: ((UnsafeRawBufferPointer) -> Bool)?
  private var headers: UnsafeMutablePointer<curl_slist>?
  private(set) var status = 0
  private(set) var body: [UInt8] = []
  /// The receiver wanted no more: the transfer's error is no failure.
  private(set) var isStopped = false

  /// - Parameters:
  ///   - target: the path with its query.
  ///   - take: gets the bytes of a 200 as they come and says whether to go on; without it they are collected.
  /// - Throws: `broken` when libcurl cannot start.
  private init(
    _ endpoint: Endpoint, _ target: String, fields: [String], take: ((UnsafeRawBufferPointer) -> Bool)?
  ) throws(RequestFailure) {
    guard tc_curl_ready() == 1, let handle = curl_easy_init() else { throw .broken("libcurl cannot start") }
    self.handle = handle
    self.endpoint = endpoint
    self.take = take
    tc_curl_set_string(handle, CURLOPT_URL, endpoint.base + target)
    tc_curl_set_string(handle, CURLOPT_PROTOCOLS_STR, "http,https")
    tc_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
    tc_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, 5000)
    // curl would ask for `100 Continue` first, which no request of ours is large enough for.
    var fields = fields + ["Expect:"]
    switch endpoint {
    case .socket(let path):
      tc_curl_set_string(handle, CURLOPT_UNIX_SOCKET_PATH, path)
      // A proxy of the environment would get requests that are meant for this machine.
      tc_curl_set_string(handle, CURLOPT_NOPROXY, "*")
    case .url(_, let key):
      tc_curl_set_string(handle, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1")
      if let key { fields.append("X-API-Key: \(key)") }
    }
    for field in fields { headers = curl_slist_append(headers, field) }
    tc_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headers)
    tc_curl_set_pointer(handle, CURLOPT_WRITEDATA, Unmanaged.passUnretained(self).toOpaque())
    tc_curl_set_write(handle) { pointer, size, count, context in
      guard let pointer, let context else { return 0 }
      let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
      return transfer.accept(UnsafeRawBufferPointer(start: pointer, count: size * count)) ? size * count : 0
    }
  }

  /// A whole answer, whatever its status.
  /// - Parameter body: JSON; without it a POST sends an empty object.
  static func request(
    _ endpoint: Endpoint, _ path: String, method: String, query: [(String, String)], body: [UInt8]?,
    timeout: Duration
  ) throws(RequestFailure) -> Transfer {
    let body = body ?? (method == "POST" ? Array("{}".utf8) : nil)
    let transfer = try Transfer(
      endpoint, path + PercentEncoding.query(query),
      fields: ["Accept: application/json"] + (body == nil ? [] : ["Content-Type: application/json"]),
      take: nil)
    let handle = transfer.handle
    tc_curl_set_long(handle, CURLOPT_TIMEOUT_MS, max(1, timeout.milliseconds))
    if method != "GET" { tc_curl_set_string(handle, CURLOPT_CUSTOMREQUEST, method) }
    if let body {
      tc_curl_set_long(handle, CURLOPT_POSTFIELDSIZE, body.count)
      // Copied by libcurl, by the size that was set before.
      body.withUnsafeBytes { bytes in
        _ = tc_curl_set_pointer(
          handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
      }
    }
    return transfer
  }

  /// A stream.
  /// - Parameter silence: how long no byte may come before the stream counts as broken.
  static func stream(
    _ endpoint: Endpoint, _ path: String, query: [(String, String)], lastEventID: String?, silence: Duration,
    take: @escaping (UnsafeRawBufferPointer) -> Bool
  ) throws(RequestFailure) -> Transfer {
    let transfer = try Transfer(
      endpoint, path + PercentEncoding.query(query),
      fields: ["Accept: text/event-stream"] + (lastEventID.map { ["Last-Event-ID: \($0)"] } ?? []),
      take: take)
    tc_curl_set_long(transfer.handle, CURLOPT_LOW_SPEED_LIMIT, 1)
    tc_curl_set_long(transfer.handle, CURLOPT_LOW_SPEED_TIME, max(1, silence.milliseconds / 1000))
    return transfer
  }

  deinit {
    curl_easy_cleanup(handle)
    curl_slist_free_all(headers)
  }

  /// What came of it, once libcurl has ended it.
  /// - Returns: for a stream the status and the body of an answer that is not 200.
  func reply(_ code: CURLcode) throws(RequestFailure) -> Reply {
    readStatus()
    switch code {
    case CURLE_OK: break
    case CURLE_WRITE_ERROR where isStopped: break
    case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST:
      throw .unreachable("nobody answers at \(endpoint)")
    case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
      throw .broken("the connection to \(endpoint) broke")
    case CURLE_OPERATION_TIMEDOUT: throw .broken("nothing came from \(endpoint) for too long")
    default: throw .broken("\(endpoint): \(String(cString: curl_easy_strerror(code)))")
    }
    return Reply(status: status, body: body)
  }

  private func readStatus() {
    var code = 0
    tc_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &code)
    status = code
  }

  private func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
    readStatus()
    if let take, status == 200 {
      isStopped = !take(bytes)
      return !isStopped
    }
    body += bytes
    return body.count <= Self.bodyLimit
  }
}
