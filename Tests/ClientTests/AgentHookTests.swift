import Testing
import Wire

@testable import Client

@Suite("Hooks in agents' own settings")
struct AgentHookTests {
  let words = ["/opt/tail cast", "activity", "--agent", "claude"]

  func install(_ text: String, _ agent: HookedAgent = .claude, words: [String]? = nil) throws -> String {
    let words = words ?? ["/opt/tail cast"] + agent.mark
    return String(decoding: try agent.hooks(Array(text.utf8), running: words), as: UTF8.self)
  }

  func uninstall(_ text: String, _ agent: HookedAgent = .claude) throws -> String {
    String(decoding: try agent.hooks(Array(text.utf8), running: nil), as: UTF8.self)
  }

  static let documents = [
    "{}\n",
    "{\n  \"model\": \"opus\"\n}\n",
    "{\n\t\"a\": [1, 2,3],\n\t\"b\": {\"c\":1.50}\n}",
    "{\"model\":\"opus\",\"n\":1e3}",
    """
    {
      "hooks": {
        "Stop": [
          {
            "hooks": [
              {
                "type": "command",
                "command": "say done"
              }
            ]
          }
        ],
        "Other": []
      },
      "z": "\\u00e9"
    }
    """,
  ]

  @Test("What is installed is taken away again to the byte", arguments: documents, HookedAgent.allCases)
  func undo(text: String, agent: HookedAgent) throws {
    let installed = try install(text, agent)
    let root = try #require(JSONSlice(validating: Array(installed.utf8)))
    for event in agent.events {
      let groups = try #require(root.member("hooks", event)?.elements)
      let hook = try #require(groups.last?["hooks"]?.elements.first)
      #expect(hook["command"]?.string == "'/opt/tail cast' activity --agent \(agent.rawValue)")
      #expect(hook["type"]?.string == "command")
    }
    #expect(try uninstall(installed, agent) == text)
    #expect(try install(installed, agent) == installed)
    #expect(try uninstall(text, agent) == text)
  }

  @Test("Hooks of others stay, also in one group with ours")
  func others() throws {
    let text = #"""
      {"hooks":{"Stop":[{"matcher":"x","hooks":[{"type":"command","command":"a"},{"type":"command","command":"tc activity --agent claude"}]}]}}
      """#
    let installed = try install(text)
    #expect(installed.components(of: "activity --agent claude") == HookedAgent.claude.events.count)
    let rest = try uninstall(installed)
    let left = try #require(JSONSlice(validating: Array(rest.utf8)))
    #expect(left.member("hooks", "Stop")?.elements.count == 1)
    #expect(left.member("hooks", "Stop")?.elements[0]["matcher"]?.string == "x")
    #expect(left.member("hooks", "Stop")?.elements[0]["hooks"]?.elements.count == 1)
  }

  @Test(
    "Settings that cannot be read are left alone",
    arguments: ["{ // a comment\n}", "[]", "{\"hooks\":[]}", "{\"hooks\":{\"Stop\":{}}}", "{"])
  func refused(text: String) {
    #expect(throws: JSONEdit.Fault.self) { try install(text) }
  }

  @Test("No settings are an empty object")
  func none() throws {
    #expect(try install("").hasPrefix("{\n  \"hooks\": {\n    \"SessionStart\": ["))
    #expect(try uninstall(try install("")) == "{}\n")
  }

  @Test(
    "Codex's line for the end of a turn stands before every table and is taken away again",
    arguments: ["", "model = \"x\"\n\n[a]\nb = 1\n", "[a]"])
  func notify(text: String) {
    let words = ["/t", "--state", "/s \"q\"", "activity", "--agent", "codex"]
    guard case .text(let installed) = NotifyLine.edit(Array(text.utf8), agent: .codex, running: words) else {
      Issue.record("taken")
      return
    }
    let line = #"notify = ["/t", "--state", "/s \"q\"", "activity", "--agent", "codex"]"#
    #expect(String(decoding: installed, as: UTF8.self) == line + "\n" + text)
    #expect(NotifyLine.edit(installed, agent: .codex, running: words) == .text(installed))
    #expect(NotifyLine.edit(installed, agent: .codex, running: nil) == .text(Array(text.utf8)))
  }

  @Test(
    "Another program to notify stays", arguments: ["notify=[\"x\"]\n", "a = 1\n\"notify\" = [\n\"x\"]\n"])
  func taken(text: String) {
    #expect(
      NotifyLine.edit(Array(text.utf8), agent: .codex, running: ["t"] + HookedAgent.codex.mark) == .taken)
    #expect(NotifyLine.edit(Array(text.utf8), agent: .codex, running: nil) == .text(Array(text.utf8)))
  }

  @Test("A difference shows what changed and three lines around it")
  func diff() {
    let before = (1...9).map { "l\($0)\n" }.joined()
    let after = before.replacing("l5\n", with: "new\n")
    #expect(
      LineDiff(Array(before.utf8), Array(after.utf8)).text()
        == [" l2", " l3", " l4", "-l5", "+new", " l6", " l7", " l8"])
    #expect(LineDiff(Array(before.utf8), Array(before.utf8)).text().isEmpty)
    #expect(LineDiff([], Array("a\u{1b}\n".utf8)).text() == ["+a␛"])
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}

@Suite("What agents' hooks say")
struct HookReportTests {
  func report(_ json: String) throws -> HookReport {
    let json = try #require(JSONSlice(validating: Array(json.utf8)))
    return try #require(HookReport(json))
  }

  @Test(
    "Each event is a state, or none",
    arguments: [
      (#"{"hook_event_name":"SessionStart","source":"startup"}"#, "idle"),
      (#"{"hook_event_name":"SessionStart","source":"compact"}"#, "working"),
      (#"{"hook_event_name":"UserPromptSubmit"}"#, "working"),
      (#"{"hook_event_name":"PreToolUse","tool_name":"Bash"}"#, "tool_use"),
      (#"{"hook_event_name":"PreToolUse","tool_name":"AskUserQuestion"}"#, "waiting_input"),
      (#"{"hook_event_name":"PostToolUse","tool_name":"Bash"}"#, "working"),
      (#"{"hook_event_name":"PermissionRequest","tool_name":"Bash"}"#, "permission"),
      (#"{"hook_event_name":"Notification","notification_type":"permission_prompt"}"#, "permission"),
      (#"{"hook_event_name":"Notification","notification_type":"idle_prompt"}"#, "waiting_input"),
      (#"{"hook_event_name":"Notification","notification_type":"auth_success"}"#, nil),
      (
        #"{"hook_event_name":"Notification","message":"Claude needs your permission to use Bash"}"#,
        "permission"
      ),
      (#"{"hook_event_name":"Stop"}"#, "idle"), (#"{"hook_event_name":"AfterAgent"}"#, "idle"),
      (#"{"hook_event_name":"SessionEnd","reason":"other"}"#, "exited"),
      (#"{"hook_event_name":"SessionEnd","reason":"clear"}"#, nil),
      (#"{"hook_event_name":"SomethingNew"}"#, nil), (#"{"type":"agent-turn-complete"}"#, "idle"),
    ] as [(String, String?)])
  func states(json: String, state: String?) throws {
    let report = try report(json)
    #expect(report.state == state)
    #expect((report.body == nil) == (state == nil))
  }

  @Test("The body carries what the server can use, each within its bounds")
  func body() throws {
    let long = String(repeating: "x", count: 5000)
    let report = try report(
      #"{"hook_event_name":"PreToolUse","session_id":"n","transcript_path":"/t.jsonl","tool_name":"Bash","#
        + #""tool_input":{"description":"d","command":"a\nb \#(long)"}}"#)
    let body = try #require(report.body)
    let json = try #require(JSONSlice(validating: body))
    #expect(json["agent_session_id"]?.string == "n")
    #expect(json["transcript_path"]?.string == "/t.jsonl")
    #expect(json["tool_preview"]?.string?.hasPrefix("a b xxx") == true)
    #expect(json["tool_preview"]?.string?.count == 200)
  }

  @Test("The end of a turn that Codex notifies of binds no transcript")
  func notify() throws {
    let report = try report(#"{"type":"agent-turn-complete","thread-id":"n","cwd":"/w"}"#)
    #expect(report.nativeID == "n")
    let body = try #require(report.body)
    #expect(JSONSlice(body)["agent_session_id"] == nil)
  }

  @Test("What is no hook's JSON is none", arguments: ["[]", "{}", "1", #"{"type":"x"}"#])
  func foreign(json: String) throws {
    let json = try #require(JSONSlice(validating: Array(json.utf8)))
    #expect(HookReport(json) == nil)
  }

  typealias Process = NestedAgent.Process

  @Test("An agent that another agent of the session started is told from the session's own")
  func nested() {
    let own: Set<String> = ["TAILCAST_SESSION_ID=s"]
    let inside = own.union(["CLAUDECODE=1"])
    let table: [Int32: Process] = [
      // tmux → claude → hook
      9: Process(parent: 1, program: "tmux", environment: []),
      10: Process(parent: 9, program: "claude", environment: own),
      11: Process(parent: 10, program: "sh", environment: inside),
      // … claude → sh → codex → sh → hook
      20: Process(parent: 11, program: "codex", environment: inside),
      21: Process(parent: 20, program: "bash", environment: inside),
      // A server that was started by an agent hands its variables on.
      30: Process(parent: 9, program: "claude", environment: inside),
      31: Process(parent: 30, program: "sh", environment: inside),
      // A wrapper that is no shell.
      40: Process(parent: 9, program: "node", environment: own),
      41: Process(parent: 40, program: "codex", environment: own),
      // A circle.
      50: Process(parent: 50, program: "sh", environment: []),
    ]
    for (parent, expected) in [
      (11, false), (21, true), (20, true), (31, false), (41, false), (50, false), (7, false),
    ]
      as [(Int32, Bool)]
    {
      #expect(NestedAgent.isNested(in: "s", parent: parent) { table[$0] } == expected, "\(parent)")
      #expect(!NestedAgent.isNested(in: "other", parent: parent) { table[$0] })
    }
  }

  @Test(
    "A hook's call never fails, whatever is wrong",
    arguments: [
      "activity", "activity --agent claude --bogus", "activity {}", "activity --state",
      "--json activity a b c",
      "activity --set x=y",
    ])
  func harmless(line: String) {
    let run = CommandRun(line, given: "no json")
    #expect(run.code == 0)
    #expect(run.output.isEmpty)
  }
}
