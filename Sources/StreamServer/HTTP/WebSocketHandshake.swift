import Wire

/// Checks the opening handshake of a WebSocket (RFC 6455 section 4.2.1).
public enum WebSocketHandshake {
  /// The client's key, or why the connection stays HTTP.
  public static func key(of head: RequestHead) throws(Problem) -> String {
    let headers = head.headers
    guard headers.lists("upgrade", "websocket"), headers.lists("connection", "upgrade"),
      head.minorVersion == 1
    else {
      throw Problem(.upgradeRequired, "this address speaks WebSocket: send an upgrade request (RFC 6455)")
        .with("upgrade", "websocket").with("connection", "upgrade")
    }
    guard headers["sec-websocket-version"] == "13" else {
      throw Problem(.upgradeRequired, "Sec-WebSocket-Version must be 13")
        .with("upgrade", "websocket").with("connection", "upgrade").with("sec-websocket-version", "13")
    }
    let keys = headers.all("sec-websocket-key")
    guard keys.count == 1, let bytes = Base64.decode(keys[0].utf8), bytes.count == 16 else {
      throw .invalid("sec-websocket-key", "must be 16 bytes in base64")
    }
    return keys[0]
  }

  /// Whether the client offers to take the bytes of terminals in binary messages.
  public static func offersBinaryTerminals(_ head: RequestHead) -> Bool {
    head.headers.lists("sec-websocket-protocol", TerminalFrame.subprotocol)
  }
}
