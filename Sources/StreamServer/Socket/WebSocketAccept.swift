import CNettle

/// The server's half of a WebSocket's opening handshake.
enum WebSocketAccept {
  /// `Sec-WebSocket-Accept`: the base64 of the SHA-1 of the key and a fixed id (RFC 6455 section 4.2.2).
  static func value(for key: String) -> String {
    let input = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
    var state = sha1_ctx()
    nettle_sha1_init(&state)
    nettle_sha1_update(&state, input.count, input)
    var digest = [UInt8](repeating: 0, count: 20)
    nettle_sha1_digest(&state, digest.count, &digest)
    return Base64.encode(digest)
  }
}
