import StreamServer
import Wire

/// Where an MCP server is: a program to start, or an address to call. A value made of the fields of `mcp-servers`.
enum MCPTarget: Sendable, Hashable {
  case program(command: String, arguments: [String], environment: [String: String])
  case address(url: String, headers: [String: String])

  /// The target of a server's fields; throws what is wrong with them.
  init(_ values: [String: JSONSlice]) throws(Problem) {
    let command = values["command"]?.string ?? ""
    let url = values["url"]?.string ?? ""
    switch (command.isEmpty, url.isEmpty) {
    case (true, true): throw .invalid("command", "is missing; it or url says where the MCP server is")
    case (false, false): throw .invalid("url", "and command contradict each other")
    case (false, true):
      self = .program(
        command: command, arguments: values["args"]?.elements.compactMap(\.string) ?? [],
        environment: Self.texts(values["env"]))
    case (true, false):
      let headers = Self.texts(values["headers"])
      guard headers.allSatisfy({ Self.isHeader($0.key, $0.value) }) else {
        throw .invalid("headers", "must be field names and values of one line (RFC 9110, section 5)")
      }
      self = .address(url: url, headers: headers)
    }
  }

  /// What is none would end the field and begin another.
  private static func isHeader(_ name: String, _ value: String) -> Bool {
    !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: ":") }
      && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
  }

  private static func texts(_ object: JSONSlice?) -> [String: String] {
    var texts: [String: String] = [:]
    object?.forEachMember { name, value in texts[name] = value.string }
    return texts
  }
}
