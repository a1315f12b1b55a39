import StreamServer

extension RouteTable {
  /// Routes of API section 7 that reach out to MCP servers.
  static let unbuiltInventory: [Route<ControlPlane>] = [
    .init(
      absent: .post, "mcp-servers/connect", tier: .supporting, "Try to connect to an MCP server.",
      because: notBuilt),
    .init(
      absent: .get, "mcp-servers/{id}/tools", tier: .supporting, "Tools of an MCP server.", because: notBuilt),
    .init(
      absent: .get, "mcp-servers/{id}/resources", tier: .supporting, "Resources of an MCP server.",
      because: notBuilt),
    .init(
      absent: .get, "mcp-servers/{id}/resources/{uri}", tier: .supporting, "A resource of an MCP server.",
      because: notBuilt),
  ]
}
