import Testing
import Wire

@testable import Tail

private func line(_ type: String, _ payload: String) -> String {
  #"{"timestamp":"2026-02-03T09:00:00.000Z","type":"\#(type)","payload":\#(payload)}"#
}
private func item(_ payload: String) -> String { line("response_item", payload) }
private func event(_ payload: String) -> String { line("event_msg", payload) }
private func typed(_ text: String) -> String {
  event(#"{"type":"user_message","message":"\#(text)","images":[]}"#)
}
private func said(_ text: String) -> String { event(#"{"type":"agent_message","message":"\#(text)"}"#) }
private func userItem(_ text: String) -> String {
  item(#"{"type":"message","role":"user","content":[{"type":"input_text","text":"\#(text)"}]}"#)
}
private func answerItem(_ text: String) -> String {
  item(
    #"{"type":"message","role":"assistant","phase":"final_answer","content":[{"type":"output_text","text":"\#(text)"}]}"#
  )
}

@Suite("Codex records")
struct CodexTests {
  @Test("The two lanes show each text once, in either order")
  func lanes() {
    #expect(conversation(.codex, userItem("hi"), typed("hi")) == [#"user text "hi""#, "turn started"])
    #expect(conversation(.codex, typed("hi"), userItem("hi")) == [#"user text "hi""#, "turn started"])
    #expect(conversation(.codex, said("yes"), answerItem("yes")) == [#"assistant text "yes""#])
    #expect(conversation(.codex, answerItem("yes"), said("yes")) == [#"assistant text "yes""#])
    #expect(conversation(.codex, said("yes"), said("yes")).count == 2)
    #expect(conversation(.codex, answerItem("a"), answerItem("a"), said("a"), said("a")).count == 2)
  }

  @Test("A lane that has a text alone shows it")
  func oneLane() {
    #expect(
      conversation(.codex, typed("hi"), userItem("hi"), userItem("and this")).filter { $0.hasPrefix("user") }
        .count == 2)
    #expect(conversation(.codex, said("only event"), answerItem("only item")).count == 2)
  }

  @Test("A citation behind one of the twins does not make them two")
  func citation() {
    #expect(
      conversation(
        .codex, said("It is so."), answerItem("It is so.\\n\\n<oai-mem-citation>x</oai-mem-citation>")
      ).count == 1)
  }

  @Test("A prompt in parts with an image is its event's twin and keeps the image")
  func promptWithImage() {
    let withImage = item(
      #"{"type":"message","role":"user","content":[{"type":"input_text","text":"look "},{"type":"input_text","text":"<image name=[Image #1]>"},{"type":"input_image","image_url":"data:image/png;base64,QUJD"},{"type":"input_text","text":"</image>"},{"type":"input_text","text":"here"}]}"#
    )
    #expect(
      conversation(.codex, withImage, typed("look here"))
        == [#"user text "look " image image/png 4 #0 text "here""#, "turn started"])
    #expect(
      conversation(.codex, typed("look here"), withImage)
        == [#"user text "look here""#, "turn started", "user image image/png 4 #0"])
  }

  @Test(
    "Injections are hidden",
    arguments: [
      "<environment_context>x", "<user_instructions>x", "# AGENTS.md instructions",
      "<permissions instructions>",
      "<turn_aborted>", "<user_shell_command>",
    ])
  func injections(text: String) {
    #expect(conversation(.codex, userItem(text)) == ["hidden user text \"\(text)\""])
  }

  @Test("What only may be injected is shown by its event, hidden where events have the user's text")
  func maybeInjected() {
    #expect(conversation(.codex, userItem("<div> is broken"))[0] == #"user text "<div> is broken""#)
    #expect(
      conversation(.codex, typed("a"), userItem("<div> is broken"), typed("<div> is broken")).filter {
        $0.hasPrefix("user")
      } == [#"user text "a""#, #"user text "<div> is broken""#])
    #expect(
      conversation(.codex, typed("a"), userItem("Warning: too many")).last
        == #"hidden user text "Warning: too many""#)
  }

  @Test("The profile of the head tells a decoder in the middle what the start showed")
  func profile() {
    let all = records([
      line("session_meta", #"{"id":"s1"}"#), typed("a"), userItem("a"), userItem("Warning: w"),
    ])
    let profile = TranscriptProfile.of(agent: .codex, head: all)
    #expect(profile.sessionID == "s1")
    #expect(profile.userEventsFrom == all[1].start)
    #expect(decode(.codex, [all[3]], profile: profile)[0].map(\.text) == [#"hidden user text "Warning: w""#])
    #expect(TranscriptProfile.of(agent: .codex, head: Array(all[..<1])).userEventsFrom == nil)
  }

  @Test("Developer text is hidden")
  func developer() {
    #expect(
      conversation(
        .codex, item(#"{"type":"message","role":"developer","content":[{"type":"input_text","text":"be"}]}"#))
        == [#"hidden system text "be""#])
  }

  @Test("Reasoning is its summary, once; encrypted reasoning is nothing")
  func reasoning() {
    let item1 = item(
      #"{"type":"reasoning","summary":[{"type":"summary_text","text":"a"},{"type":"summary_text","text":"b"}],"content":null,"encrypted_content":"x"}"#
    )
    let thought = event(#"{"type":"agent_reasoning","text":"a"}"#)
    #expect(conversation(.codex, item1) == [#"assistant thinking "a" thinking "b""#])
    #expect(conversation(.codex, thought, item1) == [#"assistant thinking "a""#, #"assistant thinking "b""#])
    #expect(conversation(.codex, item1, thought).count == 1)
    #expect(conversation(.codex, item(#"{"type":"reasoning","summary":[],"encrypted_content":"x"}"#)) == [])
  }

  @Test(
    "Calls",
    arguments: [
      (
        #"{"type":"function_call","name":"exec","call_id":"c1","arguments":"{\"cmd\":\"ls\"}"}"#,
        #"assistant call c1 exec {"cmd":"ls"}"#
      ),
      (
        #"{"type":"function_call","name":"exec","call_id":"c1","arguments":"{broken"}"#,
        #"assistant call c1 exec "{broken""#
      ),
      (
        #"{"type":"function_call","name":"exec","call_id":"c1","arguments":{"a":1}}"#,
        #"assistant call c1 exec {"a":1}"#
      ),
      (
        #"{"type":"custom_tool_call","name":"apply_patch","call_id":"c1","input":"*** Begin"}"#,
        #"assistant call c1 apply_patch "*** Begin""#
      ),
      (
        #"{"type":"local_shell_call","call_id":"c1","action":{"command":["ls"]}}"#,
        #"assistant call c1 local_shell {"command":["ls"]}"#
      ),
      (
        #"{"type":"tool_search_call","call_id":"c1","arguments":{"query":"q"}}"#,
        #"assistant call c1 tool_search {"query":"q"}"#
      ),
      (
        #"{"type":"web_search_call","id":"w1","status":"completed","action":{"query":"q"}}"#,
        #"assistant call w1 web_search (provider) {"query":"q"} result w1"#
      ),
      (
        #"{"type":"image_generation_call","id":"g1","revised_prompt":"cat","result":"QUJD"}"#,
        #"assistant call g1 image_generation (provider) {"prompt":"cat"} result g1 image image/png 4 #0"#
      ),
    ])
  func calls(payload: String, expected: String) {
    #expect(conversation(.codex, item(payload)) == [expected])
  }

  @Test(
    "Outputs and their failures",
    arguments: [
      (
        #""Process exited with code 0\nOutput:\nok""#,
        #"user result c1 "Process exited with code 0\nOutput:\nok""#
      ),
      (
        #""Chunk ID: 1\nProcess exited with code 2\nOutput:\n""#,
        #"user failure c1 "Chunk ID: 1\nProcess exited with code 2\nOutput:\n""#
      ),
      (#""Exit code: 1\nOutput:\n""#, #"user failure c1 "Exit code: 1\nOutput:\n""#),
      (#""Output:\nProcess exited with code 3""#, #"user failure c1 "Output:\nProcess exited with code 3""#),
      (
        #""ok\nOutput:\nProcess exited with code 3""#,
        #"user result c1 "ok\nOutput:\nProcess exited with code 3""#
      ),
      (#""{\"output\":\"done\",\"metadata\":{\"exit_code\":1}}""#, #"user failure c1 "done""#),
      (
        #"[{"type":"input_text","text":"a"},{"type":"input_image","image_url":"data:image/jpeg;base64,QUJD"}]"#,
        #"user result c1 "a" image image/jpeg 4 #0"#
      ),
    ])
  func outputs(output: String, expected: String) {
    #expect(
      conversation(.codex, item(#"{"type":"function_call_output","call_id":"c1","output":\#(output)}"#)) == [
        expected
      ])
  }

  @Test(
    "Turns",
    arguments: [
      (
        [
          event(#"{"type":"task_started","turn_id":"t"}"#), typed("a"),
          event(#"{"type":"task_complete","duration_ms":7}"#),
        ], ["turn started", "turn ended 7 ms"]
      ),
      (
        [typed("a"), event(#"{"type":"task_started"}"#), event(#"{"type":"turn_complete"}"#)],
        ["turn started", "turn ended"]
      ),
      ([typed("a"), typed("b")], ["turn started", "turn started"]),
      (
        [
          event(#"{"type":"task_started"}"#), typed("a"), typed("b"),
          event(#"{"type":"turn_aborted","reason":"interrupted"}"#),
        ], ["turn started", "turn aborted interrupted"]
      ),
      (
        [event(#"{"type":"task_complete"}"#), event(#"{"type":"turn_aborted","reason":"x"}"#)], ["turn ended"]
      ),
    ])
  func turns(lines: [String], expected: [String]) {
    #expect(
      decode(.codex, records(lines)).flatMap { $0 }.map(\.text).filter { $0.hasPrefix("turn") } == expected)
  }

  @Test(
    "Events",
    arguments: [
      (event(#"{"type":"thread_rolled_back","num_turns":2}"#), ["retract 2 turns"]),
      (
        event(#"{"type":"token_count","info":{"total_token_usage":{}},"rate_limits":null}"#),
        [#"usage {"total_token_usage":{}}"#]
      ),
      (event(#"{"type":"token_count","info":null}"#), []),
      (event(#"{"type":"thread_name_updated","thread_name":"T"}"#), [#"title = "T""#]),
      (event(#"{"type":"error","message":"no"}"#), [#"notice = {"level":"error","text":"no"}"#]),
      (event(#"{"type":"stream_error","message":"again"}"#), [#"activity retry "again""#]),
      (event(#"{"type":"collab_agent_spawn_end","call_id":"c","new_thread_id":"th"}"#), ["subagent c th"]),
      (
        event(#"{"type":"item_completed","item":{"type":"Plan","text":"1. do"}}"#),
        [#"assistant text "1. do""#]
      ),
      (event(#"{"type":"surprise"}"#), ["unknown event_msg/surprise"]),
      (item(#"{"type":"ghost_snapshot"}"#), []),
      (
        item(
          #"{"type":"agent_message","author":"Ann","recipient":"Bob","content":[{"type":"input_text","text":"hey"}]}"#
        ), [#"Ann assistant text "hey""#]
      ),
      (line("world_state", #"{"full":true}"#), []),
      (line("turn_context", #"{"cwd":"/a","model":"gpt-x"}"#), [#"cwd = "/a""#, #"model = "gpt-x""#]),
    ])
  func events(line: String, expected: [String]) {
    #expect(read(.codex, line) == expected)
  }

  @Test("The end of a call changes it; an end without a call shows it")
  func callEnds() {
    let call = item(#"{"type":"function_call","name":"mcp__s__t","call_id":"c1","arguments":"{}"}"#)
    let end = event(
      #"{"type":"mcp_tool_call_end","call_id":"c1","invocation":{"server":"s","tool":"t","arguments":{"a":1}},"result":{"Ok":{"content":[{"type":"text","text":"r"}],"isError":true}}}"#
    )
    #expect(conversation(.codex, call, end).last == #"update c1 [0] assistant failure c1 "r""#)
    #expect(conversation(.codex, end) == [#"assistant call c1 mcp__s__t {"a":1} failure c1 "r""#])
  }

  @Test("One compaction of two is told, a summary always")
  func compactions() {
    let compacted = line("compacted", #"{"message":"","replacement_history":[]}"#)
    let summed = line("compacted", #"{"message":"all so far"}"#)
    let mark = event(#"{"type":"context_compacted"}"#)
    #expect(conversation(.codex, compacted, mark) == ["compaction"])
    #expect(conversation(.codex, mark, compacted) == ["compaction"])
    #expect(conversation(.codex, mark, summed) == ["compaction", #"compaction "all so far""#])
  }

  @Test("The first session is the file's, another one is copied history, the same one a resume")
  func sessions() {
    let own = line(
      "session_meta",
      #"{"id":"s1","cwd":"/a","cli_version":"0.1","git":{"branch":"b"},"forked_from_id":"s0"}"#)
    let copied = line("session_meta", #"{"id":"s0","cwd":"/z"}"#)
    #expect(
      read(.codex, own, copied, own) == [
        #"session = "s1""#, #"parent = "s0""#, #"cwd = "/a""#, #"version = "0.1""#, #"git_branch = "b""#,
        "branch s0",
      ])
  }

  @Test("The era without envelopes")
  func bare() {
    #expect(
      read(
        .codex,
        #"{"id":"s1","timestamp":"2025-08-01T00:00:00Z","instructions":null,"git":{"branch":"main"}}"#,
        #"{"record_type":"state"}"#,
        #"{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]}"#,
        #"{"type":"function_call","name":"shell","arguments":"{}","call_id":"c"}"#,
        #"{"type":"function_call_output","call_id":"c","output":"ok"}"#,
        #"{"type":"message","role":"assistant","content":[{"type":"output_text","text":"yo"}]}"#)
        == [
          #"session = "s1""#, #"git_branch = "main""#, #"user text "hi""#, "turn started",
          "assistant call c shell {}",
          #"user result c "ok""#, #"assistant text "yo""#,
        ])
  }
}
