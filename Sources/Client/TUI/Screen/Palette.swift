/// How styles look on a terminal: SGR sequences (ECMA-48, 8.3.117). A value.
struct Palette {
  enum Depth { case mono, sixteen, full }
  let depth: Depth

  /// What a terminal of this environment shows: `NO_COLOR` (no-color.org) and `TERM` decide.
  init(_ surroundings: Surroundings) {
    let term = surroundings.variable("TERM") ?? ""
    if !(surroundings.variable("NO_COLOR") ?? "").isEmpty || term.hasPrefix("vt") || term.hasSuffix("-m") {
      depth = .mono
    } else {
      depth = term.contains("256") || surroundings.variable("COLORTERM") != nil ? .full : .sixteen
    }
  }

  init(depth: Depth) { self.depth = depth }

  /// The sequence that makes what follows look so, whatever was before.
  func sequence(_ style: Style) -> String {
    var codes = ["0"]
    let look = look(style.role)
    if !look.isEmpty { codes.append(look) }
    if style.isSelected { codes.append("7") }
    return "\u{1b}[" + codes.joined(separator: ";") + "m"
  }

  private func look(_ role: Style.Role) -> String {
    switch depth {
    case .mono:
      switch role {
      case .plain, .tool, .good, .added, .removed: ""
      case .quiet: "2"
      case .strong, .user, .agent, .warning: "1"
      case .bad: "1;4"
      case .bar, .found: "7"
      }
    case .sixteen:
      switch role {
      case .plain: ""
      case .quiet: "2"
      case .strong: "1"
      case .bar: "7"
      case .user: "1;36"
      case .agent: "1;35"
      case .tool: "34"
      case .good, .added: "32"
      case .bad: "1;31"
      case .removed: "31"
      case .warning: "33"
      case .found: "30;43"
      }
    case .full:
      // Of the colour cube only what is read on black and on white alike.
      switch role {
      case .plain: ""
      case .quiet: "38;5;244"
      case .strong: "1"
      case .bar: "38;5;255;48;5;238"
      case .user: "1;38;5;31"
      case .agent: "1;38;5;133"
      case .tool: "38;5;67"
      case .good, .added: "38;5;71"
      case .bad: "1;38;5;160"
      case .removed: "38;5;167"
      case .warning: "1;38;5;172"
      case .found: "38;5;16;48;5;220"
      }
    }
  }
}
