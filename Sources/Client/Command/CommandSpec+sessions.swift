import Wire

extension CommandSpec {
  /// Commands that start, steer and end sessions.
  static let steering: [CommandSpec] = [new, send, keys, interrupt, answer, kill, revive, fork]

  private static let new = CommandSpec(
    name: "new", summary: "Start an agent in a directory.", operands: "[DIR]",
    flags: [
      Flag(
        "--agent", value: "AGENT", "claude, codex, gemini or one of the configuration. Default: the server's."
      ),
      Flag("-m --message", value: "TEXT", "What the agent is told first; - reads it from standard input."),
      Flag("--title", value: "TEXT", "The session's title."),
      Flag("--tag", value: "TAG", "A tag; repeatable."),
      Flag("--model", value: "NAME", "The model."),
      Flag("--permission-mode", value: "MODE", "What the agent may do unasked."),
      Flag("--thinking", value: "MODE", "How long the agent thinks."),
      Flag("--resume", value: "ID", "Go on with the agent's own session of this id."),
      Flag("--project", value: "ID", "Start in this project instead of DIR."),
      Flag("--wait", "Wait until the agent runs, or say why it does not."),
    ],
    details: ["Without DIR the agent starts in this directory. The session's id is printed."],
    examples: [
      "tailcast new -m 'fix the failing test'", "tailcast new ~/src/app --agent codex --wait",
      "git diff | tailcast new -m -",
    ],
    make: { arguments throws(CommandFailure) in
      try arguments.expectOperands(0...1)
      var call = ServerCall("POST", "sessions", show: .line("{session_id}"))
      if let project = arguments.value("--project") {
        if let directory = arguments.operands.first {
          throw .usage("new: --project and \(directory) contradict each other", command: "new")
        }
        call.set("project_id", project)
      } else {
        call.set("project_path", arguments.surroundings.absolute(arguments.operands.first ?? "."))
      }
      call.set("agent", arguments.value("--agent"))
      call.set("title", arguments.value("--title"))
      call.set("tags", arguments.values["--tag"] ?? [])
      call.set("model", arguments.value("--model"))
      call.set("permission_mode", arguments.value("--permission-mode"))
      call.set("thinking_mode", arguments.value("--thinking"))
      call.set("native_session_id", arguments.value("--resume"))
      if arguments.value("--message") == "-" {
        call.inputField = "message"
      } else {
        call.set("message", arguments.value("--message"))
      }
      if arguments.has("--wait") { call.watch = beginning("sessions/{session_id}") }
      return .calls([call])
    })

  private static let send = CommandSpec(
    name: "send", summary: "Send text to the agent of a session.", operands: "ID [TEXT…]",
    flags: [
      Flag(
        "--id", value: "TEXT", "An id of your own: sent again with the same id the text is not typed again."),
      Flag("--wait", "Wait until the text stands in the transcript."),
    ],
    details: [
      "Without TEXT standard input is sent. The text is kept and typed when the agent can take it, also when",
      "the server ends meanwhile.",
    ],
    examples: ["tailcast send 5f0c… go on", "tailcast send 5f0c… --wait < prompt.md"],
    make: { arguments throws(CommandFailure) in
      try arguments.expectOperands(1...100_000)
      let id = try arguments.id(0)
      var call = ServerCall("POST", "sessions/\(id)/messages", show: .line("{message_id}"))
      let words = arguments.operands.dropFirst()
      if words.isEmpty || Array(words) == ["-"] {
        call.inputField = "message"
      } else {
        call.set("message", words.joined(separator: " "))
      }
      call.set("client_message_id", arguments.value("--id"))
      if arguments.has("--wait") {
        call.watch = .init(
          path: "sessions/{session_id}/messages/{message_id}", member: ["state"],
          goesOn: ["queued", "delivered"], failures: ["failed"], reasons: [["reason"], ["code"]],
          view: .line("{state}"))
      }
      return .calls([call])
    })

  private static let keys = CommandSpec(
    name: "keys", summary: "Press keys in the terminal of a session.", operands: "ID KEY…",
    flags: [Flag("-n --count", value: "N", "Press each key N times. Default 1.")],
    details: [
      "Keys: cancel cancel2x kill escape escape2x tab shift_tab enter backspace key_up key_down key_left key_right",
      "and ctrl-LETTER.",
    ],
    examples: [
      "tailcast keys 5f0c… escape", "tailcast keys 5f0c… key_down enter", "tailcast keys 5f0c… ctrl-c",
    ],
    make: { arguments throws(CommandFailure) in
      try arguments.expectOperands(2...100)
      let id = try arguments.id(0)
      let count = try arguments.count("--count", 1...1000)
      return .calls(
        arguments.operands.dropFirst().map { key in
          var call = ServerCall("POST", "sessions/\(id)/keys", show: .line("{key} was pressed"))
          if key.hasPrefix("ctrl-"), key.count == 6 {
            call.set("key", "ctrl")
            call.set("letter", String(key.suffix(1)))
          } else {
            call.set("key", key)
          }
          if let count { call.set("count", json: JSONSlice(int: Int64(count))) }
          return call
        })
    })

  private static let interrupt = CommandSpec(
    name: "interrupt", summary: "Stop the turn of a session's agent.", operands: "ID",
    examples: ["tailcast interrupt 5f0c…"],
    make: { arguments throws(CommandFailure) in
      try arguments.expectOperands(1...1)
      return .calls([ServerCall("POST", "sessions/\(try arguments.id(0))/interrupt", show: .line("{status}"))]
      )
    })

  private static let answer = CommandSpec(
    name: "answer", summary: "Answer the question or permission prompt of a session.", operands: "ID TEXT…",
    details: ["TEXT is allow, deny, the number of an option, or words."],
    examples: ["tailcast answer 5f0c… allow", "tailcast answer 5f0c… 2"],
    make: { arguments throws(CommandFailure) in
      try arguments.expectOperands(2...1000)
      var call = ServerCall("POST", "sessions/\(try arguments.id(0))/answer", show: .line("{status}"))
      let text = arguments.operands.dropFirst().joined(separator: " ")
      if let option = Int64(text) {
        call.set("option", json: JSONSlice(int: option))
      } else {
        call.set("answer", text)
      }
      return .calls([call])
    })

  private static let kill = CommandSpec(
    name: "kill", summary: "End sessions; their transcripts stay.", operands: "ID…",
    flags: [Flag("--purge", "Forget what is known of them here, too.")],
    examples: ["tailcast kill 5f0c…"],
    make: { arguments throws(CommandFailure) in
      try arguments.expectOperands(1...1000)
      let purges = arguments.has("--purge")
      var calls: [ServerCall] = []
      for index in arguments.operands.indices {
        let id = try arguments.id(index)
        var call = ServerCall("DELETE", "sessions/\(id)", show: .line("\(id) has ended"))
        if purges { call.ask("purge", "true") }
        calls.append(call)
      }
      return .calls(calls)
    })

  private static let revive = CommandSpec(
    name: "revive", summary: "Start the agent of a session again, where it stood.", operands: "ID",
    flags: [
      Flag("--restart", "Also when it runs: end it first."),
      Flag("--no-wait", "Print the operation's id and do not wait for its end."),
    ],
    examples: ["tailcast revive 5f0c…", "tailcast revive 5f0c… --restart"],
    make: { arguments throws(CommandFailure) in
      try arguments.expectOperands(1...1)
      let what = arguments.has("--restart") ? "agent-restart" : "revive"
      var call = ServerCall(
        "POST", "sessions/\(try arguments.id(0))/\(what)", show: .line("{operation_id}"))
      if !arguments.has("--no-wait") {
        call.watch = .init(
          path: "operations/{operation_id}", member: ["state"], goesOn: ["running"], failures: ["failed"],
          reasons: [["error", "message"]], view: .line("{state}"))
      }
      return .calls([call])
    })

  private static let fork = CommandSpec(
    name: "fork", summary: "Start a session where another one stands.", operands: "ID",
    flags: [
      Flag("--title", value: "TEXT", "The new session's title."),
      Flag("-m --message", value: "TEXT", "What its agent is told first."),
      Flag(
        "--at", value: "MESSAGE",
        "Start before this message of the user, or after this one of the agent: its id or uuid. Claude Code only."
      ),
      Flag("--wait", "Wait until the agent runs, or say why it does not."),
    ],
    details: ["The new session's id is printed."],
    examples: ["tailcast fork 5f0c… -m 'now without the cache'"],
    make: { arguments throws(CommandFailure) in
      try arguments.expectOperands(1...1)
      var call = ServerCall("POST", "sessions/\(try arguments.id(0))/fork", show: .line("{session_id}"))
      call.set("title", arguments.value("--title"))
      call.set("prompt", arguments.value("--message"))
      call.set("checkpoint_id", arguments.value("--at"))
      if arguments.has("--wait") { call.watch = beginning("sessions/{session_id}") }
      return .calls([call])
    })

  private static func beginning(_ path: String) -> ServerCall.Watch {
    .init(
      path: path, member: ["session", "status"], goesOn: ["initializing"], failures: ["failed", "exited"],
      // The id is all that a script wants of it.
      reasons: [["session", "status_reason"]], view: .line(""))
  }
}
