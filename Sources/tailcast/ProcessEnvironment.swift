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

  /// Every variable but those that are about this server, or about a terminal that it was started in.
  static var forAgents: [String: String] {
    all().filter { !$0.key.hasPrefix("TAILCAST_") && !["TMUX", "TMUX_PANE", "STY"].contains($0.key) }
  }
}
