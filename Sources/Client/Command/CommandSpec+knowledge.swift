import Wire

extension CommandSpec {
  /// Groups of commands over what the server keeps beside sessions.
  static let knowledge: [CommandSpec] = [memory, hooks, activity, settings, access]

  // MARK: Memory

  private static let memory = CommandSpec(
    name: "memory", summary: "Save, search and read memories.",
    children: [
      CommandSpec(
        name: "memory save", summary: "Remember something.", operands: "[TEXT…]",
        flags: [
          Flag("--title", value: "TEXT", "Its title. Default: its first sentence."),
          Flag("--type", value: "TYPE", memoryTypes + " Default discovery."),
          Flag("--tag", value: "TAG", "A tag; repeatable."),
          Flag("--session", value: "ID", "The session that it comes from."),
        ] + [projectFlag, identityFlag],
        details: ["Without TEXT standard input is remembered."],
        examples: ["tailcast memory save --type gotcha 'The tests need a locale of UTF-8'"],
        make: { arguments throws(CommandFailure) in
          var call = ServerCall("POST", "memory/save", show: .line("{id}  {title}"))
          if arguments.operands.isEmpty {
            call.inputField = "text"
          } else {
            call.set("text", arguments.operands.joined(separator: " "))
          }
          call.set("title", arguments.value("--title"))
          call.set("type", arguments.value("--type"))
          call.set("tags", arguments.values["--tag"] ?? [])
          call.set("session_id", arguments.value("--session"))
          call.set("project", arguments.value("--project"))
          call.set("identity_key", arguments.value("--identity"))
          return .calls([call])
        }),
      CommandSpec(
        name: "memory search", summary: "Memories with these words, best and newest first.",
        operands: "WORDS…", flags: memoryFilters, details: ["Works without a running server."],
        examples: ["tailcast memory search locale", "tailcast memory search --type decision sqlite --json"],
        make: { arguments throws(CommandFailure) in
          try arguments.expectOperands(1...1000)
          var call = try memories("memory/search", arguments)
          call.ask("query", arguments.operands.joined(separator: " "))
          return .calls([call])
        }),
      CommandSpec(
        name: "memory ls", summary: "The newest memories.", flags: memoryFilters,
        details: ["Works without a running server."], examples: ["tailcast memory ls --project ~/src/app"],
        make: { arguments throws(CommandFailure) in
          try arguments.expectOperands(0...0)
          return .calls([try memories("memory", arguments)])
        }),
      CommandSpec(
        name: "memory timeline", summary: "What was remembered before and after a memory.", operands: "ID",
        flags: [
          Flag("-n --depth", value: "N", "Memories before it and after it, up to 20. Default 3."),
          projectFlag,
        ],
        details: ["Works without a running server."], examples: ["tailcast memory timeline 17 -n 5"],
        make: { arguments throws(CommandFailure) in
          try arguments.expectOperands(1...1)
          var call = ServerCall("GET", "memory/timeline", show: memoryRows)
          call.isLocal = true
          call.ask("anchor", try memoryID(arguments, 0))
          if let depth = try arguments.count("--depth", 0...20) {
            call.ask("depth_before", "\(depth)")
            call.ask("depth_after", "\(depth)")
          }
          call.ask("project", arguments.value("--project"))
          return .calls([call])
        }),
      CommandSpec(
        name: "memory inject", summary: "Print the memory as it is put before an agent.",
        flags: [projectFlag, identityFlag, Flag("--budget", value: "N", "Most characters. Default 8000.")],
        details: ["Works without a running server."],
        examples: ["tailcast memory inject --project ~/src/app"],
        make: { arguments throws(CommandFailure) in
          try arguments.expectOperands(0...0)
          var call = ServerCall("GET", "memory/inject")
          call.isLocal = true
          call.ask("projects", arguments.value("--project"))
          call.ask("identity_key", arguments.value("--identity"))
          call.ask("budget", try arguments.count("--budget", 200...1_000_000).map { "\($0)" })
          return .calls([call])
        }),
      CommandSpec(
        name: "memory rm", summary: "Forget memories.", operands: "ID…", examples: ["tailcast memory rm 17"],
        make: { arguments throws(CommandFailure) in
          try arguments.expectOperands(1...1000)
          var calls: [ServerCall] = []
          for index in arguments.operands.indices {
            let id = try memoryID(arguments, index)
            calls.append(ServerCall("DELETE", "memory/\(id)", show: .line("{deleted} is forgotten")))
          }
          return .calls(calls)
        }),
      CommandSpec(
        name: "memory stats", summary: "How much is remembered.",
        details: ["Works without a running server."], examples: ["tailcast memory stats"],
        make: { arguments throws(CommandFailure) in
          try arguments.expectOperands(0...0)
          var call = ServerCall("GET", "memory/stats", show: .facts(below: []))
          call.isLocal = true
          return .calls([call])
        }),
    ])

  private static let memoryTypes =
    "preference, decision, discovery, gotcha, pattern, friction or context."
  private static let projectFlag = Flag("--project", value: "NAME", "The project that it belongs to.")
  private static let identityFlag = Flag("--identity", value: "KEY", "Whose it is, beside what is nobody's.")
  private static let memoryFilters: [Flag] = [
    Flag("-n --limit", value: "N", "At most N memories, up to 100. Default 20."),
    Flag("--type", value: "TYPE", memoryTypes), Flag("--tag", value: "TAG", "With this tag only."),
    projectFlag, identityFlag,
  ]
  private static let memoryRows = AnswerView.rows(
    of: "memories",
    [
      .init("ID", "id", 12), .init("TYPE", "type", 12), .init("AGE", "created_at", 6, .age),
      .init("PROJECT", "project", 40), .init("TITLE", "title", 100),
    ])

  private static func memories(_ path: String, _ arguments: Arguments) throws(CommandFailure) -> ServerCall {
    var call = ServerCall("GET", path, show: memoryRows)
    call.isLocal = true
    call.ask("limit", try arguments.count("--limit", 1...100).map { "\($0)" })
    call.ask("type", arguments.value("--type"))
    call.ask("tag", arguments.value("--tag"))
    call.ask("project", arguments.value("--project"))
    call.ask("identity_key", arguments.value("--identity"))
    return call
  }

  private static func memoryID(_ arguments: Arguments, _ index: Int) throws(CommandFailure) -> String {
    guard let id = Int64(arguments.operands[index]), id > 0 else {
      throw .usage(
        "\(arguments.command.name): \"\(arguments.operands[index])\" is no memory id",
        command: arguments.command.name)
    }
    return "\(id)"
  }

  // MARK: Settings

  private static let settings = CommandSpec(
    name: "settings", summary: "Show and change what may be changed while the server runs.",
    details: ["The settings of the configuration file are another list: `tailcast help configuration`."],
    children: [
      CommandSpec(
        name: "settings ls", summary: "Every setting and its value.", examples: ["tailcast settings ls"],
        make: { arguments throws(CommandFailure) in
          try arguments.expectOperands(0...0)
          return .calls([ServerCall("GET", "settings", show: .facts(below: []))])
        }),
      CommandSpec(
        name: "settings get", summary: "One setting's value.", operands: "KEY",
        examples: ["tailcast settings get tts.enabled"],
        make: { arguments throws(CommandFailure) in
          try arguments.expectOperands(1...1)
          let path = arguments.operands[0].split(separator: ".").map(String.init)
          return .calls([ServerCall("GET", "settings", show: .facts(below: path))])
        }),
      CommandSpec(
        name: "settings set", summary: "Change settings, all or none.", operands: "KEY=VALUE…",
        details: ["VALUE is JSON, or else text."],
        examples: [
          "tailcast settings set tts.enabled=true", "tailcast settings set pane_theming_mode=agent",
        ],
        make: { arguments throws(CommandFailure) in
          try arguments.expectOperands(1...100)
          var call = ServerCall("PATCH", "settings", show: .facts(below: []))
          for word in arguments.operands {
            guard let (key, value) = pair(word) else {
              throw .usage("settings set: \"\(word)\" is not KEY=VALUE", command: "settings set")
            }
            call.set(key, json: JSONSlice(validating: Array(value.utf8)) ?? JSONSlice(string: value))
          }
          return .calls([call])
        }),
      CommandSpec(
        name: "settings reset", summary: "Give settings their defaults again.", operands: "KEY…",
        examples: ["tailcast settings reset tts.enabled"],
        make: { arguments throws(CommandFailure) in
          try arguments.expectOperands(1...100)
          var call = ServerCall("PATCH", "settings", show: .facts(below: []))
          for key in arguments.operands { call.set(key, json: .null) }
          return .calls([call])
        }),
    ])

  /// `KEY=VALUE` in two.
  static func pair(_ word: String) -> (key: String, value: String)? {
    guard let equals = word.firstIndex(of: "="), equals > word.startIndex else { return nil }
    return (String(word[..<equals]), String(word[word.index(after: equals)...]))
  }

  // MARK: Access

  private static let access = CommandSpec(
    name: "access", summary: "List, make and revoke access keys.",
    children: [
      CommandSpec(
        name: "access ls", summary: "The keys, without what opens.", examples: ["tailcast access ls"],
        make: { arguments throws(CommandFailure) in
          try arguments.expectOperands(0...0)
          return .calls([
            ServerCall(
              "GET", "auth/keys",
              show: .rows(
                of: "keys",
                [
                  .init("ID", "id", 40), .init("NAME", "name", 40), .init("AGE", "created_at", 6, .age),
                  .init("USED", "last_used_at", 6, .age),
                ]))
          ])
        }),
      CommandSpec(
        name: "access new", summary: "Make a key; it is shown this once.", operands: "NAME",
        examples: ["tailcast access new laptop"],
        make: { arguments throws(CommandFailure) in
          try arguments.expectOperands(1...1)
          var call = ServerCall("POST", "auth/keys", show: .line("{key}"))
          call.set("name", arguments.operands[0])
          return .calls([call])
        }),
      CommandSpec(
        name: "access revoke", summary: "Revoke keys, at once.", operands: "ID…",
        examples: ["tailcast access revoke 9f3c21aa"],
        make: { arguments throws(CommandFailure) in
          try arguments.expectOperands(1...1000)
          var calls: [ServerCall] = []
          for index in arguments.operands.indices {
            let id = try arguments.id(index, of: "key")
            calls.append(ServerCall("DELETE", "auth/keys/\(id)", show: .line("\(id) is revoked")))
          }
          return .calls(calls)
        }),
      CommandSpec(
        name: "access whoami", summary: "Who the server takes you for.", examples: ["tailcast access whoami"],
        make: { arguments throws(CommandFailure) in
          try arguments.expectOperands(0...0)
          return .calls([ServerCall("GET", "auth/whoami", show: .facts(below: []))])
        }),
    ])
}
