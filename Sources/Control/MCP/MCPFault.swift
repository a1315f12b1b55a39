/// Why an MCP server could not be talked to.
enum MCPFault: Error, Sendable, Hashable {
  /// It may not be called; the reason names the setting.
  case refused(String)
  /// It did not answer within `mcp.timeout`.
  case tookTooLong
  /// It does not run, does not answer, or answers what it must not.
  case failed(String)
}
