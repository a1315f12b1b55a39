import Wire

/// Answers what an MCP client says, message by message (JSON-RPC 2.0; Model Context Protocol, revisions 2024-11-05 to
/// 2025-11-25). Owned by the command's one thread.
struct MCPSession {
  /// What JSON-RPC calls its failures.
  private enum Code: Int {
    case parse = -32700
    case request = -32600
    case method = -32601
    case parameters = -32602
  }

  /// The program's version.
  let version: String
  /// Sends a tool's request to the server; the answer's body.
  let perform: (ServerCall) throws(CommandFailure) -> [UInt8]

  /// The answer to a line; nil when none is due.
  func answer(_ line: [UInt8]) -> [UInt8]? {
    guard let message = JSONSlice(validating: line) else {
      return Self.failure(.null, .parse, "this is no JSON")
    }
    guard message.kind == .array else { return respond(to: message) }
    // Revision 2025-03-26 sends several at once.
    let answers = message.elements.compactMap(respond)
    guard !answers.isEmpty else { return nil }
    var writer = JSONWriter()
    writer.array { json in for answer in answers { json.raw(bytes: answer) } }
    return writer.take()
  }

  private func respond(to message: JSONSlice) -> [UInt8]? {
    guard message["jsonrpc"]?.string == "2.0" else {
      return Self.failure(.null, .request, "this is no message of JSON-RPC 2.0")
    }
    guard let method = message["method"]?.string else {
      // Answers to nothing that was asked.
      return message["result"] ?? message["error"] == nil
        ? Self.failure(.null, .request, "method is missing") : nil
    }
    guard let id = message["id"] else { return nil }
    guard id.kind == .string || id.kind == .number else {
      return Self.failure(.null, .request, "id must be a text or a number")
    }
    let parameters = message["params"]
    switch method {
    case "initialize": return Self.result(id) { initialize(parameters, into: &$0) }
    case "ping": return Self.result(id) { _ in }
    case "tools/list":
      return Self.result(id) { json in
        json.key("tools")
        json.array { json in for tool in MCPTool.all { tool.write(into: &json) } }
      }
    case "tools/call": return callTool(id, parameters)
    default: return Self.failure(id, .method, "there is no method \(method)")
    }
  }

  private func initialize(_ parameters: JSONSlice?, into json: inout JSONWriter) {
    let asked = parameters?["protocolVersion"]?.string
    let spoken = asked.flatMap { MCPRevision.spoken.contains($0) ? $0 : nil }
    json.field("protocolVersion", spoken ?? MCPRevision.newest)
    json.key("capabilities")
    json.object { json in
      json.key("tools")
      json.object { _ in }
    }
    json.key("serverInfo")
    json.object { json in
      json.field("name", "tailcast")
      json.field("version", version)
    }
    json.field(
      "instructions",
      "Tailcast watches and steers the coding agents of this machine. Sessions are found by list_sessions and search, "
        + "read by read_messages and talked to by send_message; memory outlives them.")
  }

  /// What a tool's caller did wrong, and what the server refuses, is for the model to read; only a tool that there is
  /// not is a failure of the protocol.
  private func callTool(_ id: JSONSlice, _ parameters: JSONSlice?) -> [UInt8] {
    let name = parameters?["name"]?.string ?? ""
    guard let tool = MCPTool.all.first(where: { $0.name == name }) else {
      return Self.failure(id, .parameters, "there is no tool \(name)")
    }
    let text: String
    var isError = false
    do {
      let body = try perform(try tool.call(parameters?["arguments"]))
      text = body.isEmpty ? "{}" : String(decoding: body, as: UTF8.self)
    } catch let fault as MCPTool.Fault {
      (text, isError) = (fault.reason, true)
    } catch {
      (text, isError) = ((error as? CommandFailure)?.message ?? "\(error)", true)
    }
    return Self.result(id) { json in
      json.key("content")
      json.array { json in
        json.object { json in
          json.field("type", "text")
          json.field("text", text)
        }
      }
      json.field("isError", isError)
    }
  }

  private static func result(_ id: JSONSlice, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { json in
      json.field("jsonrpc", "2.0")
      json.field("id", id)
      json.key("result")
      json.object(body)
    }
    return writer.take()
  }

  private static func failure(_ id: JSONSlice, _ code: Code, _ message: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { json in
      json.field("jsonrpc", "2.0")
      json.field("id", id)
      json.key("error")
      json.object { json in
        json.field("code", code.rawValue)
        json.field("message", message)
      }
    }
    return writer.take()
  }
}
