import CCurl
import CLinux
import Glibc

/// One request of libcurl and everything that it points to while it runs. Lives on the home loop.
final class CurlTransfer {
  let handle: UnsafeMutableRawPointer
  /// Told once, when the transfer has ended.
  let continuation: CheckedContinuation<WebOutcome, Never>
  private let allowed: Set<IPAddress>
  private var headers: UnsafeMutablePointer<curl_slist>?
  private var names: UnsafeMutablePointer<curl_slist>?
  private let request: WebRequest
  private var body: [UInt8] = []
  private var received = 0
  private var isCut = false

  /// Beyond this many bytes of a body that is not kept, the answer counts as whole.
  private static let unkept = 64 << 10

  /// A transfer that may connect to these addresses and no other; nil when libcurl has no memory.
  init?(
    _ request: WebRequest, to url: HookURL, at addresses: [IPAddress], within limit: Duration, agent: String,
    _ continuation: CheckedContinuation<WebOutcome, Never>
  ) {
    guard let handle = curl_easy_init() else { return nil }
    self.handle = handle
    self.request = request
    self.continuation = continuation
    allowed = Set(addresses)
    let accepted = request.headers.contains { $0.name.lowercased() == "accept" } ? [] : ["Accept: */*"]
    let fields =
      accepted + request.headers.map { "\($0.name): \($0.value)" } + ["User-Agent: \(agent)", "Expect:"]
    for field in fields { headers = curl_slist_append(headers, field) }
    tc_curl_set_string(handle, CURLOPT_URL, url.text)
    tc_curl_set_string(handle, CURLOPT_PROTOCOLS_STR, "http,https")
    tc_curl_set_long(handle, CURLOPT_FOLLOWLOCATION, 0)
    tc_curl_set_long(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    // A proxy of the environment would look the name up anew, and reach what we may not.
    tc_curl_set_string(handle, CURLOPT_PROXY, "")
    tc_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
    tc_curl_set_long(handle, CURLOPT_TIMEOUT_MS, Int(max(1, limit.milliseconds64)))
    tc_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headers)
    tc_curl_set_long(handle, CURLOPT_POST, 1)
    if request.method != "POST" { tc_curl_set_string(handle, CURLOPT_CUSTOMREQUEST, request.method) }
    tc_curl_set_long(handle, CURLOPT_POSTFIELDSIZE, request.body.count)
    // Copied by libcurl, by the size that was set before.
    request.body.withUnsafeBytes { bytes in
      _ = tc_curl_set_pointer(
        handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }
    pin(url, addresses)
    guardSockets()
    takeBody()
  }

  deinit {
    curl_easy_cleanup(handle)
    curl_slist_free_all(headers)
    curl_slist_free_all(names)
  }

  /// The name leads to the addresses that were checked: libcurl looks nothing up.
  private func pin(_ url: HookURL, _ addresses: [IPAddress]) {
    guard IPAddress(url.host) == nil else { return }
    let list = addresses.map { $0.isSix ? "[\($0)]" : "\($0)" }.joined(separator: ",")
    names = curl_slist_append(nil, "\(url.host):\(url.port):\(list)")
    tc_curl_set_pointer(handle, CURLOPT_RESOLVE, names)
  }

  /// The last check stands where connections are made: whatever address libcurl has come to, another one gets no
  /// socket.
  private func guardSockets() {
    tc_curl_set_open_socket(
      handle,
      { context, _, address in
        guard let context, let address else { return -1 }
        let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
        let plain = UnsafeRawPointer(address).advanced(
          by: MemoryLayout<curl_sockaddr>.offset(of: \curl_sockaddr.addr) ?? 0)
        guard let target = IPAddress(plain, family: address.pointee.family), transfer.allowed.contains(target)
        else {
          return -1
        }
        return socket(
          address.pointee.family, address.pointee.socktype | TC_SOCK_CLOEXEC, address.pointee.protocol)
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  private func takeBody() {
    tc_curl_set_pointer(handle, CURLOPT_WRITEDATA, Unmanaged.passUnretained(self).toOpaque())
    tc_curl_set_write(handle) { pointer, size, count, context in
      guard let pointer, let context else { return 0 }
      let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
      return transfer.take(UnsafeRawBufferPointer(start: pointer, count: size * count)) ? size * count : 0
    }
  }

  /// Whether more of the body is wanted.
  private func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    received += bytes.count
    guard request.kept > 0 else { return received <= Self.unkept }
    guard received <= request.kept else {
      isCut = true
      return false
    }
    body += bytes
    return request.isEnough?(body) != true
  }

  /// What came of it.
  func outcome(_ code: CURLcode) -> WebOutcome {
    var status = 0
    tc_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
    var retryAfter: curl_off_t = 0
    tc_curl_get_offset(handle, CURLINFO_RETRY_AFTER, &retryAfter)
    switch code {
    case CURLE_OK where status > 0, CURLE_WRITE_ERROR where status > 0:
      var answer = WebAnswer(status: status, body: body, isCut: isCut)
      if retryAfter > 0 { answer.retryAfter = Int64(retryAfter) }
      for name in request.wanted { answer.headers[name] = header(name) }
      return .answered(answer)
    case CURLE_OPERATION_TIMEDOUT: return .tookTooLong
    default: return .unreachable(String(cString: curl_easy_strerror(code)))
    }
  }

  private func header(_ name: String) -> String? {
    var found: UnsafeMutablePointer<curl_header>?
    guard curl_easy_header(handle, name, 0, UInt32(CURLH_HEADER), -1, &found) == CURLHE_OK,
      let value = found?.pointee.value
    else { return nil }
    return String(cString: value)
  }
}
