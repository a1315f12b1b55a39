import Wire

/// An agent whose hooks can call `tailcast activity`: where its settings lie and which of its events are wanted.
enum HookedAgent: String, Sendable, CaseIterable {
  case claude, codex, gemini

  var title: String {
    switch self {
    case .claude: "Claude Code"
    case .codex: "Codex"
    case .gemini: "Gemini CLI"
    }
  }

  /// Its events, by their own names; those that tell how a session is and no others, as each costs the agent a process.
  var events: [String] {
    switch self {
    case .claude:
      [
        "SessionStart", "UserPromptSubmit", "PreToolUse", "PermissionRequest", "PostToolUse", "Notification",
        "Stop", "PreCompact", "SessionEnd",
      ]
    case .codex:
      ["SessionStart", "UserPromptSubmit", "PreToolUse", "PermissionRequest", "PostToolUse", "Stop"]
    case .gemini:
      [
        "SessionStart", "BeforeAgent", "BeforeTool", "AfterTool", "Notification", "AfterAgent", "PreCompress",
        "SessionEnd",
      ]
    }
  }

  /// After which time the agent goes on without an answer: 10 s, which Gemini counts in milliseconds.
  var timeout: Int { self == .gemini ? 10_000 : 10 }

  /// The JSON file that names its hooks.
  func hookFile(_ surroundings: Surroundings) -> String {
    switch self {
    case .claude: folder("CLAUDE_CONFIG_DIR", ".claude", surroundings) + "/settings.json"
    case .codex: folder("CODEX_HOME", ".codex", surroundings) + "/hooks.json"
    case .gemini: surroundings.home + "/.gemini/settings.json"
    }
  }

  /// The TOML file in which Codex names the program that is told of the end of each turn.
  func notifyFile(_ surroundings: Surroundings) -> String? {
    self == .codex ? folder("CODEX_HOME", ".codex", surroundings) + "/config.toml" : nil
  }

  private func folder(_ variable: String, _ name: String, _ surroundings: Surroundings) -> String {
    surroundings.variable(variable).map(surroundings.absolute) ?? surroundings.home + "/" + name
  }

  /// What the agent runs: the program, where its server is if that was said, and the words by which we know it again.
  func words(program: String, server: [String]) -> [String] { [program] + server + mark }

  /// How every call of ours ends.
  var mark: [String] { ["activity", "--agent", rawValue] }
}

/// Words as a shell reads them back.
enum ShellQuoting {
  static func line(_ words: [String]) -> String { words.map(quote).joined(separator: " ") }

  private static func quote(_ word: String) -> String {
    let isPlain = !word.isEmpty && word.utf8.allSatisfy(isPlainByte)
    return isPlain
      ? word
      : "'"
        + word.split(separator: "'", omittingEmptySubsequences: false)
        .joined(separator: "'\\''") + "'"
  }

  private static func isPlainByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    default: "-_./:=@%+,".utf8.contains(byte)
    }
  }
}
