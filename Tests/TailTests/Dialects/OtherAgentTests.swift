import Testing
import Wire

@testable import Tail

@Suite("Copilot, Cursor and plain records")
struct OtherAgentTests {
  private func event(_ type: String, _ data: String) -> String {
    #"{"type":"\#(type)","data":\#(data),"id":"e","timestamp":"T","parentId":null}"#
  }

  @Test("A Copilot call is shown once, whoever names it first")
  func copilotCalls() {
    let asked = event(
      "assistant.message",
      #"{"content":"ok","reasoningText":"hm","toolRequests":[{"toolCallId":"c","name":"sh","arguments":"{\"a\":1}"}]}"#
    )
    let started = event("tool.execution_start", #"{"toolCallId":"c","toolName":"sh","arguments":{"a":1}}"#)
    let done = event(
      "tool.execution_complete", #"{"toolCallId":"c","success":false,"error":{"message":"no"}}"#)
    #expect(
      read(.copilot, asked, started, done)
        == [#"assistant thinking "hm" text "ok" call c sh {"a":1}"#, #"user failure c "no""#])
    #expect(read(.copilot, started, asked)[0] == #"assistant call c sh {"a":1}"#)
    #expect(
      read(.copilot, event("assistant.reasoning", #"{"content":"hm"}"#), asked)
        == [#"assistant thinking "hm""#, #"assistant text "ok" call c sh {"a":1}"#])
  }

  @Test(
    "Copilot events",
    arguments: [
      ("user.message", #"{"content":"hi"}"#, [#"user text "hi""#]),
      ("assistant.turn_start", "{}", ["turn started"]),
      ("assistant.turn_end", "{}", ["turn ended"]),
      ("abort", #"{"reason":"user"}"#, ["turn aborted user"]),
      (
        "session.start",
        #"{"sessionId":"s","copilotVersion":"1","selectedModel":"m","context":{"cwd":"/a","branch":"b"}}"#,
        [#"session = "s""#, #"version = "1""#, #"model = "m""#, #"cwd = "/a""#, #"git_branch = "b""#]
      ),
      (
        "session.compaction_complete", #"{"preCompactionTokens":9,"summaryContent":"sum"}"#,
        [#"compaction 9 "sum""#]
      ),
      ("session.snapshot_rewind", #"{"upToEventId":"e3","eventsRemoved":2}"#, ["retract e3"]),
      ("session.error", #"{"message":"bad"}"#, [#"notice = {"level":"error","text":"bad"}"#]),
      (
        "subagent.started", #"{"toolCallId":"c","agentName":"explore"}"#,
        [#"activity c agent "explore started""#]
      ),
      ("system.message", #"{"content":"be"}"#, [#"hidden system text "be""#]),
      ("assistant.message", #"{"content":"x","parentToolCallId":"c"}"#, [#"sidechain assistant text "x""#]),
      ("tomorrow.event", "{}", ["unknown tomorrow.event"]),
    ])
  func copilot(type: String, data: String, expected: [String]) {
    #expect(read(.copilot, event(type, data)) == expected)
  }

  @Test("Cursor's wrapper is taken off, its calls are named by their place")
  func cursor() {
    #expect(
      read(
        .cursor,
        #"{"role":"user","message":{"content":[{"type":"text","text":"<timestamp>x</timestamp>\n<user_query>\ndo it\n</user_query>"}]}}"#,
        #"{"role":"assistant","message":{"content":[{"type":"text","text":"ok"},{"type":"tool_use","name":"Bash","input":{}}]}}"#,
        #"{"type":"turn_ended","status":"success"}"#, #"{"type":"turn_ended","status":"aborted"}"#)
        == [
          #"user text "do it""#, "turn started", #"assistant text "ok" call 126:1 Bash {}"#,
          "turn ended success",
          "turn aborted aborted",
        ])
  }

  @Test(
    "Plain JSON",
    arguments: [
      (#"{"role":"user","content":"hi"}"#, #"user text "hi""#),
      (#"{"message":{"role":"assistant","content":[{"type":"text","text":"yo"}]}}"#, #"assistant text "yo""#),
      (#"{"type":"human","text":"hi"}"#, #"user text "hi""#),
      (#"{"type":"log","text":"hi"}"#, #"system text "hi""#),
      (#"{"type":"user","content":"hi"}"#, #"user text "hi""#),
      (#"{"role":"tool","tool_call_id":"c","content":"r"}"#, #"user result c "r""#),
      (
        #"{"role":"assistant","content":null,"tool_calls":[{"id":"c","function":{"name":"f","arguments":"{\"a\":1}"}}]}"#,
        #"assistant call c f {"a":1}"#
      ),
      (#"{"level":"info","msg":"x"}"#, #"system text "{\"level\":\"info\",\"msg\":\"x\"}""#),
      (#"{"type":"user","content":{"x":1}}"#, #"system text "{\"type\":\"user\",\"content\":{\"x\":1}}""#),
      ("42", #"system text "42""#),
      (#""words""#, #"system text "words""#),
    ])
  func plain(line: String, expected: String) {
    #expect(read(.jsonl, line) == [expected])
  }
}
