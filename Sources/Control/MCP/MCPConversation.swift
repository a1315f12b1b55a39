import Wire

/// One conversation with an MCP server (Model Context Protocol, revisions with a handshake): who it is, what it offers.
/// A value.
struct MCPConversation: Sendable {
  /// What a server says of itself.
  struct Server: Sendable {
    var revision: String
    var name: String
    var version: String?
    var capabilities: JSONSlice
    var instructions: String?
  }

  /// Pages of a list that are asked for.
  private static let mostPages = 100

  private let channel: any MCPChannel
  private let version: String
  private var lastID = 0

  /// - Parameter version: the program's, which servers are told.
  init(_ channel: any MCPChannel, version: String) {
    self.channel = channel
    self.version = version
  }

  /// The handshake; must come first.
  mutating func begin() async throws(MCPFault) -> Server {
    let result = try await ask("initialize") { [version] json in
      json.field("protocolVersion", MCPRevision.newest)
      json.key("capabilities")
      json.object { _ in }
      json.key("clientInfo")
      json.object { json in
        json.field("name", "tailcast")
        json.field("version", version)
      }
    }
    guard let revision = result["protocolVersion"]?.string else {
      throw .failed("initialize: the answer has no protocolVersion")
    }
    guard MCPRevision.spoken.contains(revision) else {
      throw .failed("initialize: the server speaks the revision \(revision), which is not known here")
    }
    await channel.agreed(on: revision)
    try await tell("notifications/initialized")
    let info = result["serverInfo"]
    return Server(
      revision: revision, name: info?["name"]?.string ?? "", version: info?["version"]?.string,
      capabilities: result["capabilities"] ?? JSONSlice(Array("{}".utf8)),
      instructions: result["instructions"]?.string)
  }

  /// Everything of a list, page by page.
  /// - Parameter kind: `tools` or `resources`.
  mutating func list(_ kind: String) async throws(MCPFault) -> [JSONSlice] {
    var items: [JSONSlice] = []
    var next: String?
    for _ in 0..<Self.mostPages {
      let cursor = next
      let result = try await ask("\(kind)/list") { $0.fieldIfPresent("cursor", cursor) }
      guard let page = result[kind], page.kind == .array else {
        throw .failed("\(kind)/list: the answer has no list of \(kind)")
      }
      items += page.elements.filter { $0.kind == .object }
      next = result["nextCursor"]?.string
      if next == nil { return items }
    }
    throw .failed("\(kind)/list: the list does not end")
  }

  /// The contents of a resource.
  mutating func read(_ uri: String) async throws(MCPFault) -> JSONSlice {
    let result = try await ask("resources/read") { $0.field("uri", uri) }
    guard let contents = result["contents"], contents.kind == .array else {
      throw .failed("resources/read: the answer has no contents")
    }
    return contents
  }

  private mutating func ask(_ method: String, _ parameters: (inout JSONWriter) -> Void) async throws(MCPFault)
    -> JSONSlice
  {
    lastID += 1
    let id = lastID
    let message = Self.message(method, id: id, parameters)
    guard let answer = try await channel.exchange(message, id: id) else {
      throw .failed("\(method): no answer")
    }
    if let error = answer["error"] {
      let code = error["code"]?.int.map { " \($0)" } ?? ""
      throw .failed("\(method): the server answers with the error\(code): \(error["message"]?.string ?? "")")
    }
    guard let result = answer["result"], result.kind == .object else {
      throw .failed("\(method): the answer has no result")
    }
    return result
  }

  private func tell(_ method: String) async throws(MCPFault) {
    _ = try await channel.exchange(Self.message(method, id: nil) { _ in }, id: nil)
  }

  private static func message(_ method: String, id: Int?, _ parameters: (inout JSONWriter) -> Void) -> [UInt8]
  {
    var writer = JSONWriter()
    writer.object { json in
      json.field("jsonrpc", "2.0")
      json.fieldIfPresent("id", id)
      json.field("method", method)
      json.key("params")
      json.object(parameters)
    }
    return writer.take()
  }
}
