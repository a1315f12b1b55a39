extension CommandSpec {
  /// All commands, in the order of help.
  static let all: [CommandSpec] =
    [serve] + life + [list, tail, search, tui] + steering + knowledge
    + [status, stop, doctor, mcp, openapi, completion, version, help]

  static let serve = CommandSpec(
    name: "serve", summary: "Watch transcripts and serve them live, in the foreground.",
    flags: [
      Flag("--port", value: "N", setting: "listen.port", "TCP port; 0 takes any free one. Default 8420."),
      Flag("--host", value: "ADDRESS", setting: "listen.host", "Address to bind. Default 127.0.0.1."),
      Flag("--no-tcp", setting: "listen.tcp", implied: "false", "Listen on the Unix socket only."),
      Flag(
        "--root", value: "AGENT=DIR", setting: "roots",
        "Watch DIR; repeatable. Without it: the agents' own folders. AGENT may be jsonl for any JSON Lines."),
      Flag("--auth", value: "key|none", setting: "auth", "Whether TCP needs a key. Default key."),
      Flag("--loops", value: "N", setting: "loops", "Event loops; 0 is one for each core. Default 2."),
      Flag("--log", value: "text|json", setting: "log.format", "How the log looks. Default text."),
    ],
    details: [
      "Prints one line with the URL to open once it is ready. `tailcast help configuration` lists all settings."
    ],
    examples: ["tailcast serve", "tailcast serve --port 0 --root jsonl=/var/log/app --auth none"],
    make: { arguments throws(CommandFailure) in
      try arguments.expectOperands(0...0)
      return .serve
    })

  private static let list = CommandSpec(
    name: "ls", summary: "List sessions, the newest first.",
    flags: [
      Flag("-a --all", "Closed sessions too."),
      Flag("--agent", value: "AGENT", "Sessions of one agent only."),
      Flag("--search", value: "WORDS", "Sessions with these words only."),
      Flag("-n --limit", value: "N", "At most N sessions. Default 50."),
    ],
    details: ["Works without a running server."],
    examples: ["tailcast ls", "tailcast ls --agent claude -n 10 --json"],
    make: { arguments throws(CommandFailure) in
      try arguments.expectOperands(0...0)
      var query = SessionQuery()
      query.all = arguments.has("--all")
      query.agent = arguments.value("--agent")
      query.search = arguments.value("--search")
      query.limit = try arguments.count("--limit", 1...100_000) ?? query.limit
      return .list(query)
    })

  private static let tail = CommandSpec(
    name: "tail", summary: "Show a transcript, and with -f what comes after it.", operands: "ID",
    flags: [
      Flag("-f --follow", "Go on until interrupted; comes back by itself after a drop."),
      Flag("-n --last", value: "N", "Start with the last N records. Default: the first record."),
      Flag(
        "--since", value: "TIME",
        "Start at a time: 2026-02-03T09:00:00Z, epoch milliseconds, or 10m for ten minutes ago."),
      Flag("--after", value: "CURSOR", "Start after the record with this cursor."),
      Flag(
        "--view", value: "events|raw",
        "events: messages as text. raw: the records as they stand. Default events."),
    ],
    details: [
      "With --json each event is one line: {\"event\":…,\"id\":…,\"data\":…}; the id is a cursor for --after.",
      "Works without a running server.",
    ],
    examples: [
      "tailcast tail 5f0c… -f", "tailcast tail 5f0c… --since 1h --json", "tailcast tail 5f0c… --view raw",
    ],
    make: { arguments throws(CommandFailure) in .tail(try arguments.tailRequest()) })

  private static let search = CommandSpec(
    name: "search", summary: "Search titles and message text.", operands: "WORDS…",
    flags: [Flag("-n --limit", value: "N", "At most N hits, up to 100. Default 20.")],
    details: ["Works without a running server; what is new is then indexed first."],
    examples: ["tailcast search flaky test", "tailcast search --json -n 5 timeout"],
    make: { arguments throws(CommandFailure) in
      try arguments.expectOperands(1...1000)
      var query = SearchQuery(words: arguments.operands.joined(separator: " "))
      query.limit = try arguments.count("--limit", 1...100) ?? query.limit
      return .search(query)
    })

  private static let tui = CommandSpec(
    name: "tui", summary: "Watch and steer sessions on the whole terminal.", operands: "[ID]",
    flags: [Flag("--no-mouse", "Leave the mouse to the terminal, to select text with it.")],
    details: [
      "Shows the list, or the session ID at once; a transcript of any length opens at its end. The keys:"
    ]
      + KeyList.groups.flatMap { group in
        ["", group.name + ":"] + KeyList.rows(group.keys)
      } + [
        "", "NO_COLOR leaves colours out. Works without a running server, then for reading only.",
      ],
    examples: ["tailcast tui", "tailcast tui 5f0c…", "ssh -t host tailcast tui --no-mouse"],
    make: { arguments throws(CommandFailure) in
      try arguments.expectOperands(0...1)
      var request = TerminalRequest()
      if !arguments.operands.isEmpty { request.session = try arguments.id(0) }
      request.mouse = !arguments.has("--no-mouse")
      return .terminal(request)
    })

  private static let status = CommandSpec(
    name: "status", summary: "Say how the server is.",
    examples: ["tailcast status", "tailcast status --json"],
    make: plain(.status))
  private static let stop = CommandSpec(
    name: "stop", summary: "Stop the server and wait until it is gone.", examples: ["tailcast stop"],
    make: plain(.stop))
  private static let doctor = CommandSpec(
    name: "doctor", summary: "Check what the server needs from this machine.",
    details: ["Exit code 1 if any check fails."], examples: ["tailcast doctor", "tailcast doctor --json"],
    make: plain(.doctor))
  private static let mcp = CommandSpec(
    name: "mcp",
    summary: "Offer sessions and memory as tools to an MCP client, on standard input and output.",
    details: [
      "For an agent's own list of MCP servers: the Model Context Protocol on stdio. Tools list, read and search",
      "sessions, start, tell and interrupt agents, and search and save memories, all by the running server.",
    ],
    examples: ["claude mcp add tailcast -- tailcast mcp", "tailcast mcp --url http://127.0.0.1:8420"],
    make: plain(.mcp))
  private static let openapi = CommandSpec(
    name: "openapi", summary: "Print the running server's OpenAPI document.",
    examples: ["tailcast openapi > openapi.json"], make: plain(.openapi))
  private static let version = CommandSpec(
    name: "version", summary: "Print the version.", examples: ["tailcast version"], make: plain(.version))
  private static let help = CommandSpec(
    name: "help", summary: "Explain a command; `configuration` is all settings, `man` the manual page.",
    operands: "[COMMAND]",
    examples: [
      "tailcast help tail", "tailcast help hooks install", "tailcast help configuration > config.yaml",
      "tailcast help man | man -l -",
    ],
    make: { arguments throws(CommandFailure) in
      try arguments.expectOperands(0...2)
      let topic = arguments.operands.joined(separator: " ")
      return .help(topic.isEmpty ? nil : topic)
    })

  private static func plain(_ command: Command) -> @Sendable (Arguments) throws(CommandFailure) -> Command {
    { arguments throws(CommandFailure) in
      try arguments.expectOperands(0...0)
      return command
    }
  }
}
