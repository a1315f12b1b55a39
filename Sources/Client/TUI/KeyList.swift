/// The keys, as `?` and the help text show them.
enum KeyList {
  /// Groups of keys with what they do.
  static let groups: [(name: String, keys: [(keys: String, meaning: String)])] = [
    (
      "Sessions",
      [
        ("↑ ↓ j k", "move; PgUp PgDn g G further"), ("Enter", "open"),
        ("/", "filter by words: title, agent, status, directory"), ("Esc", "no filter"),
        ("c", "closed sessions too"), ("d", "details"),
      ]
    ),
    (
      "Transcript",
      [
        ("↑ ↓ j k", "move by lines; PgUp PgDn Ctrl-U Ctrl-D further"), ("[ ]", "previous, next message"),
        ("g G", "beginning, end"), ("f", "pause, follow"),
        ("Enter Space", "fold or unfold a call, a thought, a long text"), ("z", "fold or unfold all"),
        ("o", "open the sub-agent that a call has started"),
        ("/", "search; n N next, previous"), ("e E", "next, previous error"),
        ("w W", "next, previous question of the agent"), ("u U", "next, previous message of yours"),
        ("t", "go to a time: 14:30, 2026-03-04 14:30, or -10m from here"),
        ("d D", "details of the record, of the session"), ("Esc h ←", "back to the list"),
      ]
    ),
    (
      "The agent",
      [
        ("i", "write a message; Enter sends, Alt-Enter begins a line, Esc keeps the draft"),
        ("a", "answer what it asks"), ("x", "interrupt its turn"),
      ]
    ),
    (
      "Everywhere",
      [
        ("Tab", "list or transcript"),
        ("s", "search all sessions; Enter opens what was found, Esc leads back"),
        ("M", "leave the mouse to the terminal, take it again"),
        ("Ctrl-L", "draw anew"), ("Ctrl-Z", "suspend"), ("?", "these keys"), ("q Ctrl-C", "quit"),
      ]
    ),
  ]

  /// The keys of a group, one line each.
  static func rows(_ keys: [(keys: String, meaning: String)]) -> [String] {
    keys.map { "  " + $0.keys + String(repeating: " ", count: max(1, 14 - $0.keys.count)) + $0.meaning }
  }

  /// The lines of the overlay.
  static var lines: [Span] {
    groups.flatMap { group in
      [Span(group.name, .strong)] + rows(group.keys).map { Span($0) } + [Span("")]
    }
  }
}
