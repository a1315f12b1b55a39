import Tail

extension Setting {
  /// The settings of the agents that are known without configuration.
  static let knownAgents: [Setting] = ["claude", "codex", "gemini"].flatMap(agent)

  /// The setting of a key such as `agents.NAME.command` for an agent that only the configuration knows.
  static func ofAgent(_ key: String) -> Setting? {
    let parts = key.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "agents", (1...64).contains(parts[1].count),
      parts[1].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") })
    else { return nil }
    return agent(String(parts[1])).first { $0.key == key }
  }

  /// The settings of one agent.
  private static func agent(_ name: String) -> [Setting] {
    [
      Setting(
        key: "agents.\(name).kind",
        meaning:
          "How its transcripts are read: \(AgentKind.allCases.map(\.rawValue).joined(separator: ", ")).",
        form: "one of \(AgentKind.allCases.map(\.rawValue).joined(separator: ", "))", isList: false,
        apply: { texts, configuration in
          guard texts.count == 1, let kind = AgentKind(rawValue: texts[0]) else { return false }
          configuration.agents[name, default: AgentTemplate()].kind = kind
          return true
        }, texts: { [($0.agents[name]?.kind ?? .jsonl).rawValue] }),
      words(name, "command", \.command, "The program and arguments that it always gets."),
      words(name, "start", \.start, "Arguments of a new session; {session_id} is its id."),
      words(name, "resume", \.resume, "Arguments that go on with the session {native_session_id}."),
      words(
        name, "fork", \.fork,
        "Arguments that begin the session {session_id} where {native_session_id} stands."),
      words(name, "model", \.model, "Arguments that choose {model}."),
      words(
        name, "permission_modes", \.permissionModes, "Permission modes, each MODE=ARGUMENTS.", isPairs: true),
      words(name, "thinking_modes", \.thinkingModes, "Thinking modes, each MODE=ARGUMENTS.", isPairs: true),
      words(
        name, "environment", \.environment, "Variables beside the login shell's, each NAME=VALUE.",
        isPairs: true),
    ]
  }

  private static func words(
    _ agent: String, _ name: String, _ property: any WritableKeyPath<AgentTemplate, [String]> & Sendable,
    _ meaning: String, isPairs: Bool = false
  ) -> Setting {
    Setting(
      key: "agents.\(agent).\(name)", meaning: meaning,
      form: isPairs ? "a list of texts NAME=TEXT" : "a list of arguments", isList: true,
      apply: { texts, configuration in
        guard !isPairs || texts.allSatisfy({ $0.contains("=") && $0.first != "=" }) else { return false }
        configuration.agents[agent, default: AgentTemplate()][keyPath: property] = texts
        return true
      }, texts: { $0.agents[agent]?[keyPath: property] ?? [] })
  }
}
