import Tail

/// A folder that is watched for transcripts, and whose transcripts they are. Its text is `AGENT=DIR`.
public struct TranscriptRoot: Sendable, Hashable, CustomStringConvertible {
  /// The agent whose transcripts lie there.
  public var agent: AgentKind
  /// The folder, absolute once the configuration is read. It need not exist yet.
  public var directory: String

  /// A folder of an agent.
  public init(agent: AgentKind, directory: String) {
    self.agent = agent
    self.directory = directory
  }

  /// Reads `AGENT=DIR`; nil when the agent is unknown or the folder is missing.
  public init?(_ text: String) {
    guard let equals = text.firstIndex(of: "="),
      let agent = AgentKind(rawValue: String(text[..<equals])),
      text.index(after: equals) < text.endIndex
    else { return nil }
    self.init(agent: agent, directory: String(text[text.index(after: equals)...]))
  }

  /// `AGENT=DIR`.
  public var description: String { "\(agent.rawValue)=\(directory)" }

  /// Where the agents write when nobody tells them otherwise.
  public static func agentsOwn(_ surroundings: Surroundings) -> [TranscriptRoot] {
    let home = surroundings.home
    let claude = surroundings.variable("CLAUDE_CONFIG_DIR").map(surroundings.absolute) ?? home + "/.claude"
    let codex = surroundings.variable("CODEX_HOME").map(surroundings.absolute) ?? home + "/.codex"
    return [
      TranscriptRoot(agent: .claude, directory: claude + "/projects"),
      TranscriptRoot(agent: .codex, directory: codex + "/sessions"),
      TranscriptRoot(agent: .gemini, directory: home + "/.gemini/tmp"),
    ]
  }
}
