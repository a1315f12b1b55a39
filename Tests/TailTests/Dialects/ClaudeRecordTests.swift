import Testing
import Wire

@testable import Tail

@Suite("Claude Code records")
struct ClaudeRecordTests {
  /// A row of the chain with the fields that all have.
  private func row(_ type: String, _ rest: String, uuid: String = "u1", parent: String = "null") -> String {
    #"{"parentUuid":\#(parent),"isSidechain":false,"type":"\#(type)","uuid":"\#(uuid)",\#(rest),"#
      + #""timestamp":"2026-02-03T09:00:00.000Z"}"#
  }

  private func user(_ content: String, _ more: String = "", uuid: String = "u1") -> String {
    row("user", #""message":{"role":"user","content":\#(content)}\#(more)"#, uuid: uuid)
  }

  private func assistant(_ block: String, _ more: String = "", stop: String = "null", uuid: String = "a1")
    -> String
  {
    row(
      "assistant",
      #""message":{"id":"m1","role":"assistant","model":"claude-x","content":[\#(block)],"stop_reason":\#(stop)}\#(more)"#,
      uuid: uuid)
  }

  @Test("A typed prompt is the user's text and opens a turn")
  func prompt() {
    #expect(conversation(.claude, user(#""fix it""#)) == [#"user text "fix it""#, "turn started"])
    #expect(
      conversation(.claude, user(#"[{"type":"text","text":"fix"},{"type":"text","text":" "}]"#))
        == [#"user text "fix""#, "turn started"])
  }

  @Test(
    "Injected text is hidden and opens no turn",
    arguments: [
      "<system-reminder>x", "<task-notification>x", "<command-name>/x", "<command-message>x",
      "<local-command-stdout>",
      "<session-start-hook>", "<ide_opened_file>", "<ide_selection>", "<tick>", "<goal>",
      "Stop hook feedback: no",
      "This session is being continued from", "Caveat: x", "\\n  <system-reminder>x",
    ])
  func injected(text: String) {
    #expect(conversation(.claude, user("\"\(text)\"")) == ["hidden user text \"\(text)\""])
  }

  @Test(
    "Rows that say that no person wrote them are hidden",
    arguments: [
      #","isMeta":true"#, #","promptSource":"system""#, #","origin":{"kind":"task-notification"}"#,
      #","isVisibleInTranscriptOnly":true"#,
    ])
  func machine(mark: String) {
    #expect(conversation(.claude, user(#""hello""#, mark)) == [#"hidden user text "hello""#])
  }

  @Test("Only the injected block of a prompt is hidden")
  func mixed() {
    let content = #"[{"type":"text","text":"<ide_opened_file>a.c"},{"type":"text","text":"why?"}]"#
    #expect(
      conversation(.claude, user(content))
        == [#"hidden user text "<ide_opened_file>a.c""#, #"user text "why?""#, "turn started"])
  }

  @Test("Tool results keep their call, their failure and their images by reference")
  func results() {
    let image = #"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QUJD"}}"#
    #expect(
      conversation(.claude, user(#"[{"type":"tool_result","tool_use_id":"t1","content":"done"}]"#))
        == [#"user result t1 "done""#])
    #expect(
      conversation(
        .claude,
        user(
          #"[{"type":"tool_result","tool_use_id":"t1","is_error":true,"content":[{"type":"text","text":"no"},\#(image),{"type":"tool_reference","tool_name":"x"}]},\#(image)]"#
        )) == [
          #"user failure t1 "no" image image/png 4 #0 json {"type":"tool_reference","tool_name":"x"} image image/png 4 #1"#,
          "turn started",
        ])
  }

  @Test("A document is a medium")
  func document() {
    let content =
      #"[{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"QUJDRA=="}}]"#
    #expect(conversation(.claude, user(content)) == ["user document application/pdf 8 #0", "turn started"])
  }

  @Test(
    "Blocks of the model",
    arguments: [
      (#"{"type":"text","text":"hi"}"#, [#"assistant text "hi""#]),
      (#"{"type":"text","text":""}"#, []),
      (#"{"type":"thinking","thinking":"hm","signature":"x"}"#, [#"assistant thinking "hm""#]),
      (#"{"type":"thinking","thinking":"","signature":"x"}"#, []),
      (#"{"type":"redacted_thinking","data":"zz"}"#, [#"hidden assistant thinking "zz""#]),
      (
        #"{"type":"tool_use","id":"t1","name":"Bash","input":{"command":"ls"}}"#,
        [#"assistant call t1 Bash {"command":"ls"}"#]
      ),
      (
        #"{"type":"server_tool_use","id":"s1","name":"web_search","input":{}}"#,
        ["assistant call s1 web_search (provider) {}"]
      ),
      (
        #"{"type":"web_search_tool_result","tool_use_id":"s1","content":[{"title":"x"}]}"#,
        [#"assistant result s1 json {"title":"x"}"#]
      ),
      (#"{"type":"hologram","x":1}"#, ["unknown assistant/hologram"]),
    ])
  func modelBlocks(block: String, expected: [String]) {
    #expect(conversation(.claude, assistant(block)) == expected)
  }

  @Test("A message carries step, model, usage and parent; a message without blocks leaves its usage")
  func messageFields() throws {
    let line =
      #"{"type":"assistant","uuid":"a","parentUuid":"p","timestamp":"T","message":{"id":"m7","model":"claude-x","usage":{"output_tokens":3},"content":[{"type":"text","text":"x"}]}}"#
    let message = try #require(decode(.claude, records([line]))[0].compactMap(\.message).first)
    #expect(message.step == "m7")
    #expect(message.model == "claude-x")
    #expect(message.usage?.description == #"{"output_tokens":3}"#)
    #expect(message.parent == "p")
    #expect(message.uuid == "a")
    #expect(message.timestamp == "T")
    let empty = #"{"type":"assistant","message":{"0":"x","content":[],"usage":{"output_tokens":4}}}"#
    #expect(conversation(.claude, empty) == [#"usage {"output_tokens":4}"#])
  }

  @Test("Errors that Claude Code writes as the model are errors")
  func apiError() {
    let line =
      #"{"type":"assistant","isApiErrorMessage":true,"message":{"model":"<synthetic>","content":[{"type":"text","text":"limit"}]}}"#
    #expect(read(.claude, line) == [#"error assistant text "limit""#])
    let nothing =
      #"{"type":"assistant","message":{"model":"<synthetic>","content":[{"type":"text","text":"No response requested."}]}}"#
    #expect(read(.claude, nothing) == [#"hidden assistant text "No response requested.""#])
  }

  @Test("A compaction is a boundary and a summary")
  func compaction() {
    #expect(
      conversation(
        .claude,
        row(
          "system",
          #""subtype":"compact_boundary","content":"c","compactMetadata":{"trigger":"auto","preTokens":155000}"#
        ),
        user(#""This session is being continued. Much.""#, #","isCompactSummary":true"#, uuid: "u2"),
        row("system", #""subtype":"microcompact_boundary""#, uuid: "u3"))
        == [
          "compaction auto 155000", #"compaction "This session is being continued. Much.""#,
          "compaction micro",
        ])
  }

  @Test(
    "System rows",
    arguments: [
      (
        #""subtype":"api_error","error":{"message":"overloaded"},"retryAttempt":2,"maxRetries":10"#,
        [#"activity retry "retry 2 of 10: overloaded""#]
      ),
      (
        #""subtype":"local_command","content":"<local-command-stdout>ok""#,
        [#"local_command = "<local-command-stdout>ok""#]
      ),
      (#""subtype":"informational","content":"new version""#, [#"informational = "new version""#]),
      (#""content":"old form","level":"info""#, [#"system = "old form""#]),
    ])
  func system(fields: String, expected: [String]) {
    #expect(read(.claude, row("system", fields)) == expected)
  }

  @Test(
    "Progress is activity of the call it belongs to",
    arguments: [
      (#"{"type":"bash_progress","output":"tail","fullOutput":"all"}"#, [#"activity t1 bash "tail""#]),
      (#"{"type":"bash_progress","output":"","fullOutput":"all"}"#, [#"activity t1 bash "all""#]),
      (#"{"type":"hook_progress","hookEvent":"Stop","hookName":"Stop:x"}"#, [#"activity t1 hook "Stop:x""#]),
      (
        #"{"type":"mcp_progress","serverName":"s","toolName":"t","status":"started"}"#,
        [#"activity t1 mcp "s t started""#]
      ),
      (
        #"{"type":"agent_progress","agentId":"ag1","message":{"message":{"content":[{"type":"text","text":"on it"}]}}}"#,
        ["subagent t1 agent-ag1", #"activity t1 agent "on it""#]
      ),
      (#"{"type":"query_update","query":"swift"}"#, [#"activity t1 search "swift""#]),
      (#"{"type":"new_thing"}"#, [#"activity t1 new_thing """#]),
    ])
  func progress(data: String, expected: [String]) {
    #expect(
      read(.claude, row("progress", #""toolUseID":"x","parentToolUseID":"t1","data":\#(data)"#)) == expected)
  }

  @Test("A queued command is the user's, other attachments are nobody's")
  func attachments() {
    #expect(
      conversation(
        .claude,
        row(
          "attachment", #""attachment":{"type":"queued_command","prompt":"also this","commandMode":"prompt"}"#
        ))
        == [#"queued user text "also this""#])
    #expect(
      conversation(
        .claude,
        row(
          "attachment",
          #""attachment":{"type":"queued_command","prompt":"n","commandMode":"task-notification"}"#))
        == [#"hidden queued user text "n""#])
    #expect(
      conversation(.claude, row("attachment", #""attachment":{"type":"nested_memory","content":"x"}"#)) == [])
  }

  @Test(
    "Bookkeeping rows are values of the session",
    arguments: [
      (#"{"type":"summary","summary":"Old title","leafUuid":"x"}"#, [#"title = "Old title""#]),
      (
        #"{"type":"queue-operation","operation":"enqueue","content":"later"}"#,
        [#"queue = {"operation":"enqueue","content":"later"}"#]
      ),
      (#"{"type":"queue-operation","operation":"dequeue"}"#, [#"queue = {"operation":"dequeue"}"#]),
      (#"{"type":"mode","mode":"plan","sessionId":"s"}"#, [#"mode = "plan""#]),
      (#"{"type":"permission-mode","permissionMode":"default"}"#, [#"permission_mode = "default""#]),
      (#"{"type":"last-prompt","lastPrompt":"go"}"#, [#"last_prompt = "go""#]),
      (#"{"type":"relocated","relocatedCwd":"/b"}"#, [#"cwd = "/b""#]),
      (#"{"type":"continued-in","sessionId":"s1","next":"s2"}"#, [#"continued_in = "s2""#]),
      (
        #"{"type":"pr-link","prNumber":7,"prUrl":"u"}"#,
        [#"pr_link = {"type":"pr-link","prNumber":7,"prUrl":"u"}"#]
      ),
      (#"{"type":"file-history-snapshot","messageId":"x"}"#, []),
      (#"{"type":"started","agentId":"x"}"#, []),
      (#"{"type":"tomorrow"}"#, ["unknown tomorrow"]),
      (#"{"no":"type"}"#, ["unknown "]),
      ("[1]", ["unknown array"]),
    ])
  func bookkeeping(line: String, expected: [String]) {
    #expect(read(.claude, line) == expected)
  }

  @Test("The user's title stays above the agent's")
  func titles() {
    #expect(
      read(
        .claude, #"{"type":"summary","summary":"a"}"#, #"{"type":"ai-title","aiTitle":"b"}"#,
        #"{"type":"custom-title","customTitle":"c"}"#, #"{"type":"ai-title","aiTitle":"d"}"#,
        #"{"type":"custom-title","customTitle":"c"}"#)
        == [#"title = "a""#, #"title = "b""#, #"title = "c""#])
  }

  @Test("Session values are told when they change, not on every row")
  func values() {
    let first = #","sessionId":"s","cwd":"/a","version":"2.1.0","gitBranch":"main""#
    let second = #","sessionId":"s","cwd":"/b","version":"2.1.0","gitBranch":"""#
    #expect(
      read(.claude, user(#""x""#, first), user(#""y""#, second, uuid: "u2")) == [
        #"session = "s""#, #"cwd = "/a""#, #"version = "2.1.0""#, #"git_branch = "main""#, #"user text "x""#,
        "turn started", #"cwd = "/b""#, #"user text "y""#, "turn started",
      ])
  }
}
