/// What a reader needs of the head of a response.
struct ResponseHead: Equatable {
  var status = 0
  var chunked = false
  /// The value of `Sec-WebSocket-Accept`, empty when there is none.
  var accept = ""
  /// Bytes of the head with its blank line.
  var length = 0

  /// Longest head that is accepted, in bytes.
  static let limit = 64 << 10

  /// Reads the head at the start of `bytes`; nil when its end has not come yet. A head that is none has status 0.
  init?(_ bytes: Stretch) {
    guard let end = bytes.index(of: "\r\n\r\n") else { return nil }
    length = end + 4
    guard bytes.starts(with: "HTTP/1."), end >= 12 else { return }
    status = Int(String(decoding: bytes.cut(9, 12).buffer, as: UTF8.self)) ?? 0
    var at = (bytes.index(of: 0x0a) ?? end) + 1
    while at < end, let lineEnd = bytes.index(of: 0x0d, from: at) {
      field(String(decoding: bytes.cut(at, lineEnd).buffer, as: UTF8.self))
      at = lineEnd + 2
    }
  }

  private mutating func field(_ line: String) {
    guard let colon = line.firstIndex(of: ":") else { return }
    let name = line[..<colon].lowercased()
    let value = line[line.index(after: colon)...].drop { $0 == " " }
    switch name {
    case "transfer-encoding": chunked = value.lowercased() == "chunked"
    case "sec-websocket-accept": accept = String(value)
    default: break
    }
  }
}
