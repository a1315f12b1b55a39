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
  /// Keeps the connection between requests, and lets a wait end for other reasons than the network's.
  private let transfers: UnsafeMutableRawPointer
  private let interruption: Interruption

  /// - Throws: `broken` when libcurl cannot start.
  init(_ endpoint: Endpoint, interruption: Interruption) throws(RequestFailure) {
    guard tc_curl_ready() == 1, let transfers = curl_multi_init() else {
      throw .broken("libcurl cannot start")
    }
    self.endpoint = endpoint
    self.transfers = transfers
    self.interruption = interruption
  }

  deinit { curl_multi_cleanup(transfers) }

  /// A whole answer, whatever its status.
  /// - Parameter body: JSON; without it a POST sends an empty object.
  func request(
    _ path: String, method: String = "GET", query: [(String, String)] = [], body: [UInt8]? = nil,
    timeout: Duration = .seconds(60)
  ) throws(RequestFailure) -> Reply {
    try perform(
      try Transfer.request(endpoint, path, method: method, query: query, body: body, timeout: timeout))
  }

  /// A stream. `take` gets the bytes of a 200 as they come and says whether to go on.
  /// - Parameter silence: how long no byte may come before the stream counts as broken; servers send a comment
  ///   at least every 15 s.
  /// - Returns: the status and the body of an answer that is not 200.
  func stream(
    _ path: String, query: [(String, String)], lastEventID: String?, silence: Duration = .seconds(60),
    take: @escaping (UnsafeRawBufferPointer) -> Bool
  ) throws(RequestFailure) -> Reply {
    try perform(
      try Transfer.stream(
        endpoint, path, query: query, lastEventID: lastEventID, silence: silence, take: take))
  }

  private func perform(_ transfer: Transfer) throws(RequestFailure) -> Reply {
    guard let code = run(transfer) else { throw .interrupted }
    do throws(RequestFailure) {
      return try transfer.reply(code)
    } catch {
      // Whoever interrupts a command often ends the server with it: what broke meanwhile is not the news.
      throw interruption.isDue ? .interrupted : error
    }
  }

  /// Runs a transfer to its end; nil when it was interrupted.
  private func run(_ transfer: Transfer) -> CURLcode? {
    guard curl_multi_add_handle(transfers, transfer.handle) == CURLM_OK else { return CURLE_FAILED_INIT }
    defer { curl_multi_remove_handle(transfers, transfer.handle) }
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
}
