import CLinux

/// The environment; read here and nowhere else.
enum ProcessEnvironment {
  /// Every variable.
  static func all() -> [String: String] {
    var variables: [String: String] = [:]
    var entry = tc_environ()
    while let text = entry.pointee {
      let pair = String(cString: text)
      if let equals = pair.firstIndex(of: "=") {
        variables[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
      }
      entry += 1
    }
    return variables
  }

  /// Every variable but those that are about this server, or about what it was started in.
  static var forAgents: [String: String] {
    all().filter { !$0.key.hasPrefix("TAILCAST_") && !ofOrigin.contains($0.key) }
  }

  /// What terminals, service managers and agents tell what they start. An agent that finds the mark of another one takes
  /// itself for a part of it.
  private static let ofOrigin: Set<String> = [
    "TMUX", "TMUX_PANE", "STY", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "CLAUDECODE", "CLAUDE_PID",
    "CLAUDE_CODE_SESSION_ID", "CLAUDE_CODE_CHILD_SESSION", "CLAUDE_CODE_ENTRYPOINT", "CODEX_THREAD_ID",
    "CODEX_SESSION_ID", "GEMINI_CLI",
  ]
}
