import Reactor
import StreamServer
import Wire

extension ControlPlane {
  /// `POST mcp-servers/connect`
  func connectMCP(_ call: Call) async throws(Problem) -> Reply {
    let body = try call.body()
    let values: [String: JSONSlice]
    if let id = try body.id("id", "server_id") {
      values = try await mcpServer(id).values
    } else {
      var given: [String: JSONSlice] = [:]
      for field in EntityKind.mcpServers.fields where !field.isRequired {
        given[field.name] = try field.value(in: body)
      }
      values = given
    }
    let server = try await converse(values) { _, server throws(MCPFault) in server }
    return .response(
      .object { json in
        json.field("status", "connected")
        json.field("protocol_version", server.revision)
        json.key("server")
        json.object { json in
          json.field("name", server.name)
          json.fieldOrNull("version", server.version)
        }
        json.field("capabilities", server.capabilities)
        json.fieldOrNull("instructions", server.instructions)
      })
  }

  /// `GET mcp-servers/{id}/tools` and `…/resources`
  func listMCP(_ kind: StaticString, _ call: Call) async throws(Problem) -> Reply {
    let values = try await mcpServer(call.id).values
    let items = try await converse(values) { conversation, server throws(MCPFault) in
      // A server that has none of the kind does not know the method.
      server.capabilities["\(kind)"] == nil ? [] : try await conversation.list("\(kind)")
    }
    return call.list(kind) { writer in for item in items { writer.value(item) } }
  }

  /// `GET mcp-servers/{id}/resources/{uri}`
  func showMCPResource(_ call: Call) async throws(Problem) -> Reply {
    let values = try await mcpServer(call.id).values
    let uri = call.text("uri") ?? ""
    let contents = try await converse(values) { conversation, _ throws(MCPFault) in
      try await conversation.read(uri)
    }
    return .response(.object { $0.field("contents", contents) })
  }

  private func mcpServer(_ id: String) async throws(Problem) -> Entity {
    try await entity(.mcpServers, id)
  }

  /// Talks to a server; whatever comes of it, it is ended afterwards.
  private func converse<Value: Sendable>(
    _ values: [String: JSONSlice],
    _ body: (inout MCPConversation, MCPConversation.Server) async throws(MCPFault) -> Value
  ) async throws(Problem) -> Value {
    let target = try MCPTarget(values)
    do throws(MCPFault) {
      let channel = try await open(target)
      var conversation = MCPConversation(channel, version: rules.version)
      let result: Result<Value, MCPFault>
      do throws(MCPFault) {
        let server = try await conversation.begin()
        result = .success(try await body(&conversation, server))
      } catch {
        result = .failure(error)
      }
      await channel.close()
      return try result.get()
    } catch {
      throw .mcp(error)
    }
  }

  private func open(_ target: MCPTarget) async throws(MCPFault) -> any MCPChannel {
    switch target {
    case .address(let url, let headers):
      return MCPAddress(
        loop: loop, transport: mcpTransport, url: url, headers: headers, mostBytes: rules.mcp.maxBytes,
        within: rules.mcp.timeout)
    case .program(let command, let arguments, let environment):
      var variables = await desk.environment.variables()
      variables.merge(environment) { $1 }
      let path = variables["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
      guard let program = await desk.premises.program(command, path: path) else {
        throw .failed("the program \(command) was not found; PATH is \(path)")
      }
      let channel = MCPProgram(loop: loop, mostBytes: rules.mcp.maxBytes)
      try await channel.start(
        Spawn(program, arguments, environment: variables, workingDirectory: variables["HOME"] ?? "/"),
        within: rules.mcp.timeout)
      return channel
    }
  }
}

extension Problem {
  /// An MCP server could not be talked to.
  fileprivate static func mcp(_ fault: MCPFault) -> Problem {
    switch fault {
    case .refused(let reason):
      Problem(.mcpRefused, "the MCP server cannot be called: \(reason)") { $0.field("reason", reason) }
    case .tookTooLong: Problem(.timeout, "the MCP server did not answer within mcp.timeout")
    case .failed(let reason):
      Problem(.mcpFailed, "the MCP server cannot be talked to: \(reason)") { $0.field("reason", reason) }
    }
  }
}
