import Wire

/// What answers a request.
public enum Reply: Sendable {
  /// Bytes.
  case response(Response)
  /// A stream that goes on until either side ends it.
  case stream(StreamPlan)
  /// The connection becomes a WebSocket (RFC 6455).
  case webSocket(WebSocketPlan)
}

/// A whole response.
public struct Response: Sendable {
  /// The status code.
  public var status: Int
  /// Header fields in order; `content-length`, `date`, `connection` and `x-request-id` are added by the connection.
  public var headers: [(name: String, value: String)]
  /// The body.
  public var body: [UInt8]

  /// A response.
  public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// A JSON body.
  public static func json(_ body: [UInt8], status: Int = 200) -> Response {
    Response(status: status, headers: [("content-type", "application/json; charset=utf-8")], body: body)
  }
}

/// What an accepted WebSocket may do.
public struct WebSocketPlan: Sendable {
  /// What it carries.
  public enum Use: Sendable, Hashable {
    /// Transcripts and changes by topic.
    case topics
    /// Terminals; their bytes in binary messages or in JSON.
    case terminals(isBinary: Bool)
  }

  /// The `Sec-WebSocket-Key` of the handshake.
  public var key: String
  /// What it carries.
  public var use: Use
  /// Who opens it.
  public var caller: Caller

  /// A plan.
  public init(key: String, use: Use, caller: Caller) {
    self.key = key
    self.use = use
    self.caller = caller
  }
}
