/// Which agent wrote a transcript, and so which dialect reads it. The raw value is the name in flags, routes and rows.
public enum AgentKind: String, Sendable, CaseIterable, Hashable {
  case claude, codex, gemini, copilot, cursor
  /// Any JSON Lines file: every object is shown as it is.
  case jsonl
}
