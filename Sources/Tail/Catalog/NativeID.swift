import Wire

/// Finds the session id that Gemini keeps inside its transcripts.
enum NativeID {
  /// The value of the first `"sessionId"` in a head that may be cut anywhere.
  static func find(in head: [UInt8]) -> String? {
    let key = Array("\"sessionId\"".utf8)
    guard head.count > key.count else { return nil }
    for start in 0...(head.count - key.count) where head[start] == key[0] && head[start...].starts(with: key)
    {
      var at = start + key.count
      while at < head.count, head[at] == UInt8(ascii: " ") || head[at] == UInt8(ascii: ":") { at += 1 }
      guard at < head.count, head[at] == UInt8(ascii: "\""),
        let end = head[(at + 1)...].firstIndex(of: UInt8(ascii: "\""))
      else { return nil }
      let id = TranscriptName.legal(String(decoding: head[(at + 1)..<end], as: UTF8.self))
      return id.isEmpty ? nil : id
    }
    return nil
  }
}
