import CCurl
import Glibc

/// Any number of requests and streams to one server at once, over libcurl. Owned by the one thread of the TUI, whose
/// wait is libcurl's own: a terminal and signals are waited for beside the sockets, so that nothing needs a second
/// thread.
final class ServerTraffic {
  /// How long no byte may come; servers send a comment at least every 15 s.
  private static let silence = Duration.seconds(45)
  private static let timeout = Duration.seconds(30)
  private let transfers: UnsafeMutableRawPointer
  /// Where the server is now; one that was started anew may have another address.
  private let endpoint: () -> Endpoint?
  private var running: [UnsafeMutableRawPointer: Running] = [:]
  private var arrivals: [TerminalInput] = []

  /// Something that libcurl carries.
  private struct Running {
    enum Purpose {
      case question(Question)
      case stream(StreamName)
    }
    var purpose: Purpose
    var transfer: Transfer
  }

  /// - Throws: `broken` when libcurl cannot start.
  init(endpoint: @escaping () -> Endpoint?) throws(RequestFailure) {
    guard tc_curl_ready() == 1, let transfers = curl_multi_init() else {
      throw .broken("libcurl cannot start")
    }
    self.transfers = transfers
    self.endpoint = endpoint
  }

  deinit {
    for handle in running.keys { curl_multi_remove_handle(transfers, handle) }
    running = [:]
    curl_multi_cleanup(transfers)
  }

  /// Asks; the answer is among the arrivals some time later, whatever it is.
  func ask(_ question: Question) {
    let call = question.call
    begin(.question(question)) { endpoint throws(RequestFailure) in
      try Transfer.request(
        endpoint, "/api/v1/" + call.path, method: call.method,
        query: call.query.map { ($0.name, $0.value) }, body: call.bodyBytes, timeout: Self.timeout)
    }
  }

  /// Opens a stream, in place of one of the same name.
  func listen(_ name: StreamName, after lastID: String?) {
    hangUp(name)
    var parser = SSEParser(lastEventID: lastID)
    begin(.stream(name)) { [unowned self] endpoint throws(RequestFailure) in
      try Transfer.stream(
        endpoint, name.path, query: name.query, lastEventID: lastID, silence: Self.silence
      ) { bytes in
        do throws(SSEParser.Overflow) {
          self.arrivals += try parser.feed(bytes).map { .event(name, $0) }
          return true
        } catch {
          return false
        }
      }
    }
  }

  /// Ends a stream; nothing more is heard of it.
  func hangUp(_ name: StreamName) {
    for (handle, one) in running {
      guard case .stream(name) = one.purpose else { continue }
      curl_multi_remove_handle(transfers, handle)
      running[handle] = nil
    }
    arrivals.removeAll { $0.stream == name }
  }

  /// Waits until something may be done: on the network, on one of the descriptors, or after so many milliseconds.
  func wait(for descriptors: inout [curl_waitfd], milliseconds: Int) {
    if !arrivals.isEmpty { return }
    curl_multi_poll(transfers, &descriptors, UInt32(descriptors.count), Int32(clamping: milliseconds), nil)
  }

  /// What has come.
  func take() -> [TerminalInput] {
    var count: Int32 = 0
    curl_multi_perform(transfers, &count)
    while let message = curl_multi_info_read(transfers, &count) {
      guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
      let code = message.pointee.data.result
      guard let ended = running.removeValue(forKey: handle) else { continue }
      curl_multi_remove_handle(transfers, handle)
      report(ended.purpose, Result { () throws(RequestFailure) in try ended.transfer.reply(code) })
    }
    defer { arrivals = [] }
    return arrivals
  }

  private func begin(
    _ purpose: Running.Purpose, _ make: (Endpoint) throws(RequestFailure) -> Transfer
  ) {
    do throws(RequestFailure) {
      guard let endpoint = endpoint() else { throw .unreachable("no server runs") }
      let one = Running(purpose: purpose, transfer: try make(endpoint))
      guard curl_multi_add_handle(transfers, one.transfer.handle) == CURLM_OK else {
        throw .broken("libcurl cannot start")
      }
      running[one.transfer.handle] = one
    } catch {
      report(purpose, .failure(error))
    }
  }

  private func report(_ purpose: Running.Purpose, _ result: Result<Reply, RequestFailure>) {
    switch purpose {
    case .question(let question): arrivals.append(.answered(question, result))
    case .stream(let name):
      switch result {
      case .failure(let failure): arrivals.append(.ended(name, failure.message))
      // A full server ends a stream so; one that refuses it does not change its mind.
      case .success(let reply) where reply.status == 200 || reply.status >= 500:
        arrivals.append(.ended(name, "the server ended the stream"))
      case .success(let reply): arrivals.append(.refused(name, reply.failure.message))
      }
    }
  }
}
