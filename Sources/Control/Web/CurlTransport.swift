import CCurl
import CLinux
import Reactor

/// Carries requests by libcurl, whose sockets and timer are this loop's own. Lives on the home loop.
///
/// A name is looked up once, every address that it has is checked, and only those are connected to.
actor CurlTransport: ReadinessSink, TimerSink {
  nonisolated let loop: EventLoop
  private let rules: WebRules
  private let agent: String
  private let lookup: NameLookup
  private var multi: CurlMulti?
  private var sockets: [Int32: Registration] = [:]
  private var transfers: [UnsafeMutableRawPointer: CurlTransfer] = [:]
  private var timer: TimerToken?

  /// - Parameter agent: the program's name and version, for `User-Agent`.
  init(loop: EventLoop, rules: WebRules, agent: String) {
    self.loop = loop
    self.rules = rules
    self.agent = agent
    lookup = NameLookup(loop: loop)
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  /// Sends once and says what came of it; never throws, and ends within the limit.
  /// - Parameter limit: the rules' time without it.
  func send(_ request: WebRequest, within limit: Duration? = nil) async -> WebOutcome {
    let limit = limit ?? rules.timeout
    let began = loop.now
    let url: HookURL
    do throws(HookURL.Fault) { url = try HookURL(request.url) } catch { return .refused(error.reason) }
    let addresses: [IPAddress]
    switch await lookup.addresses(of: url.host, within: limit) {
    case .success(let found): addresses = found
    case .failure(let fault): return .unreachable(fault.reason)
    }
    do throws(HookURL.Fault) {
      try HookURL.check(
        addresses, allowPrivate: rules.allowPrivate, setting: "\(rules.section).allow_private")
    } catch {
      return .refused(error.reason)
    }
    let rest = limit - (loop.now - began)
    return await withCheckedContinuation { begin(request, url, addresses, rest, $0) }
  }

  private func begin(
    _ request: WebRequest, _ url: HookURL, _ addresses: [IPAddress], _ limit: Duration,
    _ continuation: CheckedContinuation<WebOutcome, Never>
  ) {
    if multi == nil { multi = CurlMulti(self) }
    guard let multi,
      let transfer = CurlTransfer(
        request, to: url, at: addresses, within: limit, agent: agent, continuation)
    else { return continuation.resume(returning: .unreachable("libcurl cannot start")) }
    transfers[transfer.handle] = transfer
    guard curl_multi_add_handle(multi.handle, transfer.handle) == CURLM_OK else {
      transfers[transfer.handle] = nil
      return continuation.resume(returning: .unreachable("libcurl cannot start"))
    }
  }

  // MARK: What libcurl asks of the loop

  /// libcurl wants to hear of a socket, or no more.
  fileprivate func watch(_ socket: Int32, _ what: Int32) {
    var interest: Readiness = []
    if what == CURL_POLL_IN || what == CURL_POLL_INOUT { interest.insert(.readable) }
    if what == CURL_POLL_OUT || what == CURL_POLL_INOUT { interest.insert(.writable) }
    if what == CURL_POLL_REMOVE {
      if let registration = sockets.removeValue(forKey: socket) { loop.deregister(registration) }
    } else if let registration = sockets[socket] {
      loop.modify(registration, interest)
    } else {
      // A socket that cannot be watched never becomes ready: its transfer ends by its time limit.
      sockets[socket] = try? loop.register(
        socket, interest, sink: self, tag: UInt64(UInt32(bitPattern: socket)))
    }
  }

  /// libcurl wants to be called after so many milliseconds; -1 is never.
  fileprivate func wake(after milliseconds: Int) {
    if let timer { loop.cancel(timer) }
    timer = nil
    guard milliseconds >= 0 else { return }
    timer = loop.schedule(after: .milliseconds(milliseconds), sink: self, tag: 0)
  }

  nonisolated func ready(_ tag: UInt64, _ readiness: Readiness) {
    var mask: Int32 = 0
    if readiness.contains(.readable) { mask |= CURL_CSELECT_IN }
    if readiness.contains(.writable) { mask |= CURL_CSELECT_OUT }
    if !readiness.isDisjoint(with: [.error, .hangup]) { mask |= CURL_CSELECT_ERR }
    let what = mask
    assumeIsolated { $0.drive(Int32(truncatingIfNeeded: tag), what) }
  }

  nonisolated func timerFired(_ tag: UInt64) {
    assumeIsolated { transport in
      transport.timer = nil
      transport.drive(CurlMulti.timeout, 0)
    }
  }

  private func drive(_ socket: Int32, _ mask: Int32) {
    guard let multi else { return }
    var running: Int32 = 0
    curl_multi_socket_action(multi.handle, socket, mask, &running)
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi.handle, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
      let code = message.pointee.data.result
      guard let transfer = transfers.removeValue(forKey: handle) else { continue }
      let outcome = transfer.outcome(code)
      curl_multi_remove_handle(multi.handle, handle)
      transfer.continuation.resume(returning: outcome)
    }
  }
}

/// libcurl's set of transfers and the connections that it keeps. Owned by a transport.
private final class CurlMulti {
  /// What libcurl calls the timer instead of a socket.
  static let timeout: Int32 = -1
  /// Connections kept for a next delivery.
  private static let kept = 16
  let handle: UnsafeMutableRawPointer

  /// Calls back into the transport, which outlives it.
  init?(_ transport: CurlTransport) {
    guard tc_curl_ready() == 1, let handle = curl_multi_init() else { return nil }
    self.handle = handle
    let context = Unmanaged.passUnretained(transport).toOpaque()
    tc_curl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, Self.kept)
    tc_curl_multi_set_socket(
      handle,
      { _, socket, what, context, _ in
        guard let context else { return 0 }
        Unmanaged<CurlTransport>.fromOpaque(context).takeUnretainedValue().assumeIsolated {
          $0.watch(socket, what)
        }
        return 0
      }, context)
    tc_curl_multi_set_timer(
      handle,
      { _, milliseconds, context in
        guard let context else { return 0 }
        Unmanaged<CurlTransport>.fromOpaque(context).takeUnretainedValue().assumeIsolated {
          $0.wake(after: milliseconds)
        }
        return 0
      }, context)
  }

  deinit {
    // The connections that are closed now must not call a transport that is gone.
    tc_curl_multi_set_socket(handle, nil, nil)
    tc_curl_multi_set_timer(handle, nil, nil)
    curl_multi_cleanup(handle)
  }
}
