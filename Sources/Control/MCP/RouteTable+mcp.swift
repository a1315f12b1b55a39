import StreamServer
import Wire

extension RouteTable {
  /// What MCP servers offer (API section 7). They are asked anew each time: started or called, and ended.
  static let mcp: [Route<ControlPlane>] = [
    Route(
      .post, "mcp-servers/connect", tier: .supporting,
      "Try to talk to an MCP server: a stored one by its id, or one of these fields.",
      body: .json(schema: "MCPConnect", required: true),
      answers: [.init(200, "What it says of itself.", schema: "MCPConnected")],
      errors: [.entityNotFound] + failures, access: .owners
    ) { plane, call throws(Problem) in try await plane.connectMCP(call) },
    Route(
      .get, "mcp-servers/{id}/tools", tier: .supporting, "Tools of an MCP server, as it lists them.",
      parameters: [server], answers: Operation.Answer.list("MCPTool", "The tools."),
      errors: [.entityNotFound] + failures, access: .owners
    ) { plane, call throws(Problem) in try await plane.listMCP("tools", call) },
    Route(
      .get, "mcp-servers/{id}/resources", tier: .supporting, "Resources of an MCP server, as it lists them.",
      parameters: [server], answers: Operation.Answer.list("MCPResource", "The resources."),
      errors: [.entityNotFound] + failures, access: .owners
    ) { plane, call throws(Problem) in try await plane.listMCP("resources", call) },
    Route(
      .get, "mcp-servers/{id}/resources/{uri}", tier: .supporting, "A resource of an MCP server.",
      parameters: [
        server,
        Parameter(
          "uri", .text(maximum: 4096), in: .path, "The resource's URI, percent-encoded as one segment."),
      ],
      answers: [.init(200, "Its contents.", schema: "MCPContents")], errors: [.entityNotFound] + failures,
      access: .owners
    ) { plane, call throws(Problem) in try await plane.showMCPResource(call) },
  ]

  private static let server = Parameter("id", .id, in: .path, "The id of the MCP server.")
  private static let failures: [ProblemCode] = [.mcpFailed, .mcpRefused, .timeout, .storeUnavailable]
}

extension Schemas {
  /// What is said of MCP servers.
  static let mcp: [(name: String, json: JSONSlice)] =
    lists("MCPTool", "tools", ["name": text]) + lists("MCPResource", "resources", ["uri": text]) + [
      object(
        "MCPConnect",
        [
          "id": maybe(id), "command": maybeText(4096), "args": maybeTexts(256, 4096), "url": maybeText(4096),
          "env": maybe(texts), "headers": maybe(texts),
        ], required: []),
      object(
        "MCPConnected",
        [
          "status": text, "protocol_version": text, "server": any, "capabilities": any,
          "instructions": maybeText,
        ]),
      object("MCPContents", ["contents": list(any)]),
    ]

  private static let texts = "{\"type\":\"object\",\"additionalProperties\":\(text(16_384))}"
}
