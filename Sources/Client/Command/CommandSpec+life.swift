extension CommandSpec {
  /// Commands over a server in the background.
  static let life: [CommandSpec] = [start, restart, logs, open, service, supervise]

  private static let start = CommandSpec(
    name: "start", summary: "Start the server in the background, and again when it crashes.",
    flags: serve.flags,
    details: [
      "Returns when the server is ready. One that crashes is started again, at most 5 times in a minute. Its log is",
      "server.log in the state directory: `tailcast logs`.",
    ],
    examples: ["tailcast start", "tailcast start --port 0 --state /tmp/demo"],
    make: { arguments throws(CommandFailure) in
      try arguments.expectOperands(0...0)
      return .start(arguments.serveWords())
    })

  private static let restart = CommandSpec(
    name: "restart", summary: "Start the server anew, with the flags of its start.",
    details: ["Without a running server the same as `tailcast start`."], examples: ["tailcast restart"],
    make: { arguments throws(CommandFailure) in
      try arguments.expectOperands(0...0)
      return .restart(arguments.serveWords())
    })

  private static let logs = CommandSpec(
    name: "logs", summary: "Show the log of a server in the background.",
    flags: [
      Flag("-f --follow", "Go on until interrupted."),
      Flag("-n --last", value: "N", "Start with the last N lines. Default 100."),
    ],
    examples: ["tailcast logs -f"],
    make: { arguments throws(CommandFailure) in
      try arguments.expectOperands(0...0)
      let last = try arguments.count("--last", 0...1_000_000) ?? 100
      return .logs(LogRequest(last: last, follow: arguments.has("--follow")))
    })

  private static let open = CommandSpec(
    name: "open", summary: "Open the server's page in the browser.",
    flags: [Flag("--print", "Only print the address; it lets one browser in, once.")],
    examples: ["tailcast open", "tailcast open --print"],
    make: { arguments throws(CommandFailure) in
      try arguments.expectOperands(0...0)
      return .open(isPrintOnly: arguments.has("--print"))
    })

  private static let service = CommandSpec(
    name: "service", summary: "Have systemd run the server for you.",
    children: [
      CommandSpec(
        name: "service install", summary: "Write the unit of your own systemd, and say how to start it.",
        flags: serve.flags,
        details: [
          "The unit tells systemd when the server is ready and that its loop turns, and leaves agents alone when it",
          "ends. The flags are those of `serve`.",
        ],
        examples: ["tailcast service install", "tailcast service install --port 8421"],
        make: { arguments throws(CommandFailure) in
          try arguments.expectOperands(0...0)
          return .changeService(ServiceChange(words: arguments.serveWords()))
        }),
      CommandSpec(
        name: "service uninstall", summary: "Remove the unit again.",
        examples: ["tailcast service uninstall"],
        make: { arguments throws(CommandFailure) in
          try arguments.expectOperands(0...0)
          return .changeService(ServiceChange(words: nil))
        }),
      CommandSpec(
        name: "service print", summary: "Print the unit, for packages and for who wants to look first.",
        flags: [Flag("--program", value: "PATH", "Where the program will lie. Default: this one.")]
          + serve.flags,
        examples: ["tailcast service print", "tailcast service print --program /usr/bin/tailcast"],
        make: { arguments throws(CommandFailure) in
          try arguments.expectOperands(0...0)
          let program = arguments.value("--program") ?? arguments.surroundings.program
          return .printService(ServiceUnit(program: program, words: arguments.serveWords()))
        }),
    ])

  private static let supervise = CommandSpec(
    name: Supervisor.word, summary: "Keep a server running; `start` calls it.", flags: serve.flags,
    examples: ["tailcast start"], isHidden: true,
    make: { arguments throws(CommandFailure) in
      try arguments.expectOperands(0...0)
      return .supervise(arguments.serveWords())
    })
}
