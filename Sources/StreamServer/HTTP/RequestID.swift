import Wire

/// The id under which a request stands in the log and in its answer.
enum RequestID {
  /// The client's own, when it is short and plain.
  static func from(_ head: RequestHead) -> String? {
    guard let sent = head.headers["x-request-id"], (1...128).contains(sent.utf8.count),
      sent.utf8.allSatisfy({ byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          || byte == 0x2D || byte == 0x5F || byte == 0x2E
      })
    else { return nil }
    return sent
  }

  /// A new one: 16 hex digits.
  static func make() -> String {
    let text = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}
