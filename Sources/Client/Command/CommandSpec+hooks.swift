import Wire

extension CommandSpec {
  static let hooks = CommandSpec(
    name: "hooks", summary: "Webhooks to other programs, and the hooks of agents.",
    details: [
      "contracts to properties are about events that are sent out; install and uninstall about agents."
    ],
    children: webhooks + agentHooks)

  private static let webhooks: [CommandSpec] = [
    CommandSpec(
      name: "hooks contracts", summary: "Who is told of what.", examples: ["tailcast hooks contracts"],
      make: { arguments throws(CommandFailure) in
        try arguments.expectOperands(0...0)
        return .calls([
          ServerCall(
            "GET", "hooks/contracts",
            show: .rows(
              of: "contracts",
              [
                .init("ID", "id", 60), .init("WAITING", "pending", 8), .init("SIGNED", "target.signed", 6),
                .init("ENDS", "expires_at", 24), .init("URL", "target.url", 100),
              ]))
        ])
      }),
    CommandSpec(
      name: "hooks add", summary: "Have events sent to an address.", operands: "URL",
      flags: [
        Flag("--id", value: "ID", "The contract's id. Default: one is made."),
        Flag("--source", value: "PATTERN", "Events from this source only, such as sessions; * is anything."),
        Flag("--type", value: "PATTERN", "Events of this type only, such as session.*."),
        Flag(
          "--property", value: "NAME=PATTERN",
          "Events whose property matches only; repeatable, all must match."),
        Flag("--secret-file", value: "FILE", "Sign what is sent with the text of this file."),
        Flag("--ttl", value: "TIME", "End the contract by itself, for example after 12h."),
        Flag("--replace", "Take the place of the contract of the same id."),
      ],
      examples: [
        "tailcast hooks add https://example.org/in --type 'session.*'",
        "tailcast hooks add https://example.org/in --id ci --type agent.activity --property status=waiting_input "
          + "--secret-file ~/.hook-secret",
      ],
      make: { arguments throws(CommandFailure) in .calls([try contract(arguments)]) }),
    CommandSpec(
      name: "hooks remove", summary: "End contracts; what waits for their receivers is given up.",
      operands: "ID…", examples: ["tailcast hooks remove ci"],
      make: { arguments throws(CommandFailure) in
        try arguments.expectOperands(1...1000)
        var calls: [ServerCall] = []
        for index in arguments.operands.indices {
          calls.append(
            ServerCall(
              "DELETE", "hooks/contracts/\(try arguments.id(index, of: "contract"))",
              show: .line("{contract_id} has ended")))
        }
        return .calls(calls)
      }),
    CommandSpec(
      name: "hooks test", summary: "Send a contract's receiver a test event.", operands: "ID",
      flags: [Flag("--wait", "Wait until it was delivered, or say why it was not.")],
      examples: ["tailcast hooks test ci --wait"],
      make: { arguments throws(CommandFailure) in
        try arguments.expectOperands(1...1)
        let id = try arguments.id(0, of: "contract")
        return .calls([queued("hooks/contracts/\(id)/test", arguments)])
      }),
    CommandSpec(
      name: "hooks deliveries", summary: "What was sent, newest first.",
      flags: [
        Flag("--contract", value: "ID", "Of this contract only."),
        Flag("--status", value: "STATE", "pending, delivered or failed only."),
        Flag("-n --limit", value: "N", "At most N. Default 50."),
      ],
      examples: ["tailcast hooks deliveries --status failed"],
      make: { arguments throws(CommandFailure) in
        try arguments.expectOperands(0...0)
        var call = ServerCall(
          "GET", "hooks/deliveries",
          show: .rows(
            of: "deliveries",
            [
              .init("ID", "id", 40), .init("CONTRACT", "contract_id", 30), .init("EVENT", "type", 30),
              .init("STATE", "state", 10), .init("TRIES", "attempts", 5), .init("AGE", "created_at", 6, .age),
              .init("STATUS", "status", 6), .init("REASON", "reason", 100),
            ]))
        call.ask("contract_id", arguments.value("--contract"))
        call.ask("state", arguments.value("--status"))
        call.ask("limit", try arguments.count("--limit", 1...500).map { "\($0)" })
        return .calls([call])
      }),
    CommandSpec(
      name: "hooks redeliver", summary: "Send a finished delivery again.", operands: "ID",
      flags: [Flag("--wait", "Wait until it was delivered, or say why it was not.")],
      examples: ["tailcast hooks redeliver 9f3c21aa-d17"],
      make: { arguments throws(CommandFailure) in
        try arguments.expectOperands(1...1)
        return .calls([queued("hooks/deliveries/\(try arguments.id(0, of: "delivery"))/redeliver", arguments)]
        )
      }),
    CommandSpec(
      name: "hooks properties", summary: "What contracts can ask for, as the newest events have it.",
      examples: ["tailcast hooks properties"],
      make: { arguments throws(CommandFailure) in
        try arguments.expectOperands(0...0)
        return .calls([
          ServerCall(
            "GET", "hooks/properties",
            show: .rows(of: "properties", [.init("PROPERTY", "name", 60), .init("EVENTS", "types", 100)]))
        ])
      }),
  ]

  private static let agentHooks: [CommandSpec] = [
    CommandSpec(
      name: "hooks install",
      summary: "Have an agent tell what it does: waiting, idle, tools, permission prompts.",
      operands: "claude|codex|gemini", flags: [trial],
      details: [
        "Adds `tailcast activity` to the hooks in the agent's own settings, shows the change, and keeps all else.",
        "Sessions that run keep the hooks that they began with. --state, --socket or --url say which server is told.",
      ],
      examples: ["tailcast hooks install claude", "tailcast hooks install codex --dry-run"],
      make: { arguments throws(CommandFailure) in
        let agent = try agent(arguments)
        var server: [String] = []
        for flag in ["--state", "--socket", "--config"] {
          if let path = arguments.value(flag) { server += [flag, arguments.surroundings.absolute(path)] }
        }
        if let url = arguments.value("--url") { server += ["--url", url] }
        let words = agent.words(program: arguments.surroundings.program, server: server)
        return .changeHooks(
          HookChange(agent: agent, words: words, isTrial: arguments.has("--dry-run")))
      }),
    CommandSpec(
      name: "hooks uninstall", summary: "Take the hooks of `hooks install` away again.",
      operands: "claude|codex|gemini", flags: [trial], examples: ["tailcast hooks uninstall claude"],
      make: { arguments throws(CommandFailure) in
        .changeHooks(HookChange(agent: try agent(arguments), words: nil, isTrial: arguments.has("--dry-run")))
      }),
  ]

  private static let trial = Flag("--dry-run", "Only show the change.")

  private static func agent(_ arguments: Arguments) throws(CommandFailure) -> HookedAgent {
    try arguments.expectOperands(1...1)
    if let agent = HookedAgent(rawValue: arguments.operands[0]) { return agent }
    let known = HookedAgent.allCases.map(\.rawValue)
    let near =
      Suggestion.nearest(to: arguments.operands[0], among: known).map { "; did you mean \($0)?" } ?? ""
    throw .usage(
      "\(arguments.command.name): no hooks are known of \"\(arguments.operands[0])\"\(near)",
      command: arguments.command.name)
  }

  /// What agents call.
  static let activity = CommandSpec(
    name: "activity", summary: "Tell the server what an agent's hook was called for.", operands: "[JSON]",
    flags: [
      Flag("--agent", value: "AGENT", "Whose hook it is; marks the calls that `hooks install` made."),
      Flag("--verbose", "Say on standard error what was done."),
    ],
    details: [
      "Reads the hook's JSON from standard input or, as Codex gives it, as an argument. The exit code is always 0",
      "and no wait is longer than 2 s, so that an agent never stands still for it. At the start of a session it",
      "prints what is remembered of the project.",
    ],
    examples: ["tailcast hooks install claude", "tailcast activity --verbose < hook.json"],
    make: { arguments throws(CommandFailure) in
      try arguments.expectOperands(0...1)
      return .activity(
        ActivityRequest(argument: arguments.operands.first, isVerbose: arguments.has("--verbose")))
    })

  private static func queued(_ path: String, _ arguments: Arguments) -> ServerCall {
    var call = ServerCall("POST", path, show: .line("{delivery_id}"))
    if arguments.has("--wait") {
      call.watch = .init(
        path: "hooks/deliveries/{delivery_id}", member: ["state"], goesOn: ["pending"], failures: ["failed"],
        reasons: [["reason"]], view: .line("{state}"))
    }
    return call
  }

  private static func contract(_ arguments: Arguments) throws(CommandFailure) -> ServerCall {
    try arguments.expectOperands(1...1)
    var call = ServerCall("POST", "hooks/contracts", show: .line("{id}"))
    if arguments.has("--replace") { call.ask("replace", "true") }
    call.set("id", arguments.value("--id"))
    var secret: String?
    if let name = arguments.value("--secret-file") {
      guard let text = SmallFile.text(arguments.surroundings.absolute(name)), !text.isEmpty else {
        throw CommandFailure(.usage, "hooks add: \(name) cannot be read, or is empty (--secret-file)")
      }
      secret = text
    }
    var target = JSONWriter()
    target.object { json in
      json.field("url", arguments.operands[0])
      json.fieldIfPresent("secret", secret)
    }
    call.set("target", json: JSONSlice(target.take()))
    for (flag, name) in [("--source", "source_criterion"), ("--type", "type_criterion")] {
      if let pattern = arguments.value(flag) { call.set(name, json: criterion(pattern)) }
    }
    var properties = JSONWriter()
    var fault: CommandFailure?
    properties.object { json in
      for word in arguments.values["--property"] ?? [] {
        guard let (name, pattern) = pair(word) else {
          fault = .usage("hooks add: --property needs NAME=PATTERN, not \"\(word)\"", command: "hooks add")
          continue
        }
        json.key(name)
        json.raw(criterion(pattern))
      }
    }
    if let fault { throw fault }
    if arguments.has("--property") { call.set("properties", json: JSONSlice(properties.take())) }
    if let text = arguments.value("--ttl") {
      guard let time = DurationText.parse(text), time >= .seconds(1) else {
        throw .usage("hooks add: --ttl needs a time such as 12h, not \"\(text)\"", command: "hooks add")
      }
      call.set("ttl_seconds", json: JSONSlice(int: Int64(time.milliseconds / 1000)))
    }
    return call
  }

  private static func criterion(_ pattern: String) -> JSONSlice {
    var writer = JSONWriter()
    writer.object { $0.field("pattern", pattern) }
    return JSONSlice(writer.take())
  }
}
