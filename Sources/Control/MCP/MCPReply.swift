import Wire

/// Finds the answer to a request in the body of an HTTP response. Pure rules.
enum MCPReply {
  /// The message with this id: the body itself, an element of it, or the data of an event in it.
  static func find(_ id: Int, in body: [UInt8]) -> JSONSlice? {
    if let json = JSONSlice(validating: body) { return message(id, of: json) }
    var data: [UInt8] = []
    for line in body.split(separator: 0x0a, omittingEmptySubsequences: false) + [[]] {
      let line = line.last == 0x0d ? line.dropLast() : line
      if line.isEmpty {
        if let json = JSONSlice(validating: data), let found = message(id, of: json) { return found }
        data = []
      } else if line.starts(with: Self.field) {
        // An event's data may stand in several lines (HTML, section 9.2.6).
        if !data.isEmpty { data.append(0x0a) }
        data += line.dropFirst(Self.field.count)
      }
    }
    return nil
  }

  /// Whether the body ends with the end of an event.
  static func isWhole(_ body: [UInt8]) -> Bool {
    body.suffix(2) == [0x0a, 0x0a] || body.suffix(4) == [0x0d, 0x0a, 0x0d, 0x0a]
  }

  private static let field = Array("data:".utf8)

  private static func message(_ id: Int, of json: JSONSlice) -> JSONSlice? {
    let messages = json.kind == .array ? json.elements : [json]
    return messages.first { $0["id"]?.int == Int64(id) && $0["method"] == nil }
  }
}
