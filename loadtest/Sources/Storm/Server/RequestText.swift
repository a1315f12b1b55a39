/// The requests that the swarm sends.
enum RequestText {
  /// Appends a request without a body.
  static func append(
    _ method: StaticString, _ target: String, _ address: ServerAddress, _ path: Scenario.Path,
    extra: [String] = [], to request: inout [UInt8]
  ) {
    request.append(method)
    request.append(" ")
    request.append(contentsOf: target.utf8)
    request.append(" HTTP/1.1\r\nHost: ")
    request.append(contentsOf: address.host(path).utf8)
    if let key = address.key, path == .tcp {
      request.append("\r\nX-API-Key: ")
      request.append(contentsOf: key.utf8)
    }
    for line in extra {
      request.append("\r\n")
      request.append(contentsOf: line.utf8)
    }
    request.append("\r\n\r\n")
  }

  /// The request line and headers with which a reader of `session` joins, or resumes behind `after`.
  static func join(
    _ scenario: Scenario, session: String, after: Position?, _ address: ServerAddress
  ) -> [UInt8] {
    var request: [UInt8] = []
    switch scenario.transport {
    case .sse:
      var extra = ["Accept: text/event-stream"]
      if let after {
        var id: [UInt8] = []
        after.append(to: &id)
        extra.append("Last-Event-ID: " + String(decoding: id, as: UTF8.self))
      }
      let target = "/api/v1/sessions/\(session)/stream?view=\(scenario.view.rawValue)"
      append("GET", target, address, scenario.over, extra: extra, to: &request)
    case .ws:
      append(
        "GET", "/ws", address, scenario.over,
        extra: [
          "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Key: \(nonce)",
        ], to: &request)
    }
    return request
  }

  /// The message with which a WebSocket reader subscribes.
  static func subscribe(_ scenario: Scenario, session: String, after: Position?) -> [UInt8] {
    var text = Array(
      "{\"op\":\"subscribe\",\"topics\":[\"transcript:\(session)\"],\"view\":\"\(scenario.view.rawValue)\""
        .utf8)
    if let after {
      text.append(",\"after\":\"")
      after.append(to: &text)
      text.append("\"")
    }
    text.append(",\"ref\":1}")
    return text
  }

  /// The nonce of RFC 6455 section 1.3, whose answer is known without a hash function.
  static let nonce = "dGhlIHNhbXBsZSBub25jZQ=="
  static let accept: StaticString = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
}
