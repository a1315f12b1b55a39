import Wire

/// Text in the user's place that no person typed (TRANSCRIPTS 2.9 and 3.4).
enum InjectedText {
  private static let prefixes: [StaticString] = [
    "<system-reminder", "<task-notification", "<command-name>", "<command-message>", "<local-command-",
    "<session-start-hook>", "<ide_opened_file>", "<ide_selection>", "<tick>", "<goal>",
    "[Request interrupted by user", "Stop hook feedback:", "This session is being continued", "Caveat:",
    "[TeleClaude",
  ]

  /// What a text may begin with to be one of them: their first bytes, and the escape of a line end.
  private static let firsts = Array("<[STC\\".utf8)

  private static let codexPrefixes: [StaticString] = [
    "<environment_context", "<user_instructions", "# AGENTS.md", "<permissions", "<skills_instructions",
    "<turn_aborted", "<environment-change", "<collaboration_mode", "<user_shell_command", "<user_action",
    "<INSTRUCTIONS", "<subagent_notification", "<model_switch", "<personality", "<apps_instructions",
    "<plugins_instructions", "<skill>", "<hook_prompt", "<context_window",
  ]

  /// The mark that Claude leaves when the user stops a turn.
  static let interruption: StaticString = "[Request interrupted"

  /// Whether Claude Code, its hooks or an IDE wrote the text.
  static func isClaude(_ text: JSONSlice) -> Bool {
    // Most text begins otherwise than all of them.
    guard let first = text.bytes.dropFirst().first, first <= 0x20 || first >= 0x80 || firsts.contains(first)
    else {
      return false
    }
    return prefixes.contains { text.hasStringPrefix($0) }
  }

  /// Whether Codex put the text in front of the conversation.
  static func isCodex(_ text: JSONSlice) -> Bool {
    codexPrefixes.contains { text.hasStringPrefix($0) }
  }

  /// Whether Codex may have put the text there: it uses tags, headings and warnings.
  static func mayBeCodex(_ text: JSONSlice) -> Bool {
    text.hasStringPrefix("<") || text.hasStringPrefix("# ") || text.hasStringPrefix("Warning: ")
  }
}
