/// Where a server is called.
enum Endpoint: Sendable, Equatable {
  /// A Unix socket; whoever may open it needs no key.
  case socket(String)
  /// `http://host:port`, without a slash at its end.
  case url(String, key: String?)

  /// What was said, or the live server of the state directory; nil when none runs.
  static func find(_ choice: ServerChoice, state: String) -> Endpoint? {
    if let socket = choice.socket { return .socket(socket) }
    if let url = choice.url {
      return .url(url.hasSuffix("/") ? String(url.dropLast()) : url, key: choice.key)
    }
    guard let run = RunFile.ofLiveServer(state: state) else { return nil }
    if let socket = run.socket { return .socket(socket) }
    return run.url.map { .url($0, key: choice.key ?? run.keyFile.flatMap(SmallFile.text)) }
  }

  /// The base that paths are put behind. The host of a socket call is a name that every server accepts.
  var base: String {
    switch self {
    case .socket: "http://localhost"
    case .url(let base, _): base
    }
  }
}

extension Endpoint: CustomStringConvertible {
  /// The address, without the key.
  var description: String {
    switch self {
    case .socket(let path): path
    case .url(let base, _): base
    }
  }
}

/// Percent-encoding of paths and queries (RFC 3986).
enum PercentEncoding {
  /// Everything but unreserved characters is encoded.
  static func encode(_ text: String) -> String {
    var encoded: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: encoded.append(byte)
      default:
        let hex = String(byte, radix: 16, uppercase: true)
        encoded += (byte < 16 ? "%0" + hex : "%" + hex).utf8
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }

  /// `?a=b&c=d`, or nothing.
  static func query(_ pairs: [(String, String)]) -> String {
    pairs.isEmpty ? "" : "?" + pairs.map { encode($0) + "=" + encode($1) }.joined(separator: "&")
  }
}
