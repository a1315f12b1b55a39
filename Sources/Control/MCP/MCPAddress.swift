import Reactor
import Wire

/// An MCP server that is called over HTTP (the protocol's streamable HTTP transport): a message is a POST, its answer
/// JSON or a stream of events that has it. Lives on the home loop.
actor MCPAddress: MCPChannel {
  nonisolated let loop: EventLoop
  private let transport: CurlTransport
  private let url: String
  private let headers: [String: String]
  private let mostBytes: Int
  private let deadline: Instant
  private var session: String?
  private var revision: String?

  private static let sessionName = "Mcp-Session-Id"

  /// - Parameter mostBytes: of one answer.
  init(
    loop: EventLoop, transport: CurlTransport, url: String, headers: [String: String], mostBytes: Int,
    within limit: Duration
  ) {
    self.loop = loop
    self.transport = transport
    self.url = url
    self.headers = headers
    self.mostBytes = mostBytes
    deadline = loop.now + limit
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  func agreed(on revision: String) { self.revision = revision }

  func exchange(_ message: [UInt8], id: Int?) async throws(MCPFault) -> JSONSlice? {
    var request = self.request("POST", message)
    request.headers.append(("Content-Type", "application/json"))
    request.headers.append(("Accept", "application/json, text/event-stream"))
    request.kept = mostBytes
    request.wanted = [Self.sessionName]
    if let id { request.isEnough = { MCPReply.isWhole($0) && MCPReply.find(id, in: $0) != nil } }
    switch await transport.send(request, within: deadline - loop.now) {
    case .refused(let reason): throw .refused(reason)
    case .unreachable(let reason): throw .failed(reason)
    case .tookTooLong: throw .tookTooLong
    case .answered(let answer):
      guard (200..<300).contains(answer.status) else { throw .failed("the server answers \(answer.status)") }
      if let session = answer.headers[Self.sessionName] { self.session = session }
      guard let id else { return nil }
      if let found = MCPReply.find(id, in: answer.body) { return found }
      throw .failed(
        answer.isCut ? "the answer is over mcp.max_bytes" : "the answer is no message of JSON-RPC")
    }
  }

  /// Tells the server that its session is over; what it says to that is nobody's business.
  func close() {
    guard session != nil else { return }
    let request = self.request("DELETE", [])
    Task(executorPreference: loop) { [transport] in _ = await transport.send(request) }
  }

  private func request(_ method: String, _ body: [UInt8]) -> WebRequest {
    var request = WebRequest(url: url, method: method, body: body)
    request.headers = headers.map { ($0.key, $0.value) }
    if let session { request.headers.append((Self.sessionName, session)) }
    if let revision { request.headers.append(("MCP-Protocol-Version", revision)) }
    return request
  }
}
