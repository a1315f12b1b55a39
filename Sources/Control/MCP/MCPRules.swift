/// How MCP servers are asked what they offer; each is a setting `mcp.…`.
public struct MCPRules: Sendable, Hashable {
  /// Within which time a server must have been started or reached, and must have answered everything.
  public var timeout = Duration.seconds(10)
  /// Whether addresses on this machine and in private networks may be called.
  public var allowPrivate = false
  /// Most bytes of what a server answers.
  public var maxBytes = 4 << 20

  /// The defaults.
  public init() {}
}
