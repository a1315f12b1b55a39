/// A folder in which one agent keeps its transcripts (`--root AGENT=DIR`).
public struct Root: Sendable, Hashable {
  /// Which agent writes there.
  public var agent: AgentKind
  /// The absolute path, without a trailing slash.
  public var directory: String

  /// A root.
  public init(agent: AgentKind, directory: String) {
    self.agent = agent
    var path = directory
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.directory = path
  }
}
