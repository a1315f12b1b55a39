import Testing
import Wire

@testable import Tail

@Suite("Claude Code trees and turns")
struct ClaudeTreeTests {
  private func user(_ text: String, _ uuid: String, after parent: String?, _ more: String = "") -> String {
    let parent = parent.map { "\"\($0)\"" } ?? "null"
    return
      #"{"type":"user","uuid":"\#(uuid)","parentUuid":\#(parent)\#(more),"message":{"role":"user","content":"\#(text)"}}"#
  }

  private func answer(
    _ text: String, _ uuid: String, after parent: String, stop: String? = nil, step: String = "m",
    _ more: String = ""
  ) -> String {
    let stop = stop.map { "\"\($0)\"" } ?? "null"
    return
      #"{"type":"assistant","uuid":"\#(uuid)","parentUuid":"\#(parent)"\#(more),"message":{"id":"\#(step)","content":[{"type":"text","text":"\#(text)"}],"stop_reason":\#(stop)}}"#
  }

  private func system(_ fields: String, _ uuid: String) -> String {
    #"{"type":"system","uuid":"\#(uuid)",\#(fields)}"#
  }

  @Test("A row that was shown is not shown again")
  func duplicates() {
    let row = user("hi", "u1", after: nil)
    #expect(conversation(.claude, row, row, row).filter { $0.hasPrefix("user") } == [#"user text "hi""#])
  }

  @Test("Ids beyond the limit are forgotten, oldest first")
  func boundedIDs() {
    var decoder = TranscriptDecoder(agent: .claude, limits: DecoderLimits(seenIDs: 2))
    let shown = ["u1", "u2", "u1", "u3", "u1", "u2"].map { id in
      decoder.decode(records([user("x", id, after: nil)])[0]).contains(where: \.isVisibleMessage)
    }
    #expect(shown == [true, true, false, true, true, true])
  }

  @Test("A prompt below an older row is a branch")
  func branch() {
    let events = conversation(
      .claude, user("one", "u1", after: nil), answer("1", "a1", after: "u1"), user("two", "u2", after: "a1"),
      answer("2", "a2", after: "u2"), user("other two", "u3", after: "a1"))
    #expect(events.filter { $0.hasPrefix("branch") } == ["branch a1"])
    #expect(events.suffix(3) == ["branch a1", #"user text "other two""#, "turn started"])
  }

  @Test("Bookkeeping between two rows, parallel results and unknown parents are no branches")
  func noBranch() {
    let result =
      #"{"type":"user","uuid":"r1","parentUuid":"a1","message":{"content":[{"type":"tool_result","tool_use_id":"t","content":"x"}]}}"#
    let result2 =
      #"{"type":"user","uuid":"r2","parentUuid":"a0","message":{"content":[{"type":"tool_result","tool_use_id":"t0","content":"x"}]}}"#
    let events = conversation(
      .claude, user("one", "u1", after: nil), answer("0", "a0", after: "u1"), answer("1", "a1", after: "a0"),
      result,
      result2, answer("2", "a2", after: "r2"), system(#""subtype":"turn_duration","durationMs":5"#, "s1"),
      system(#""subtype":"informational","content":"x""#, "s2"), user("two", "u2", after: "a2"),
      answer("3", "a3", after: "u2"), user("three", "u3", after: "never seen"))
    #expect(!events.contains { $0.hasPrefix("branch") })
  }

  @Test("Inline sub-agent rows are sidechain and touch neither turn nor tree")
  func sidechain() {
    let side = #","isSidechain":true"#
    #expect(
      conversation(
        .claude, user("one", "u1", after: nil), user("task", "x1", after: nil, side),
        answer("did", "x2", after: "x1", stop: "end_turn", side),
        answer("done", "a1", after: "u1", stop: "end_turn"))
        == [
          #"user text "one""#, "turn started", #"sidechain user text "task""#,
          #"sidechain assistant text "did""#,
          #"assistant text "done""#, "turn ended end_turn",
        ])
  }

  @Test("A sub-agent's file names agent and parent")
  func subagentFile() {
    let more = #","isSidechain":true,"agentId":"ag7","sessionId":"parent-1""#
    #expect(
      read(.claude, user("task", "x1", after: nil, more))
        == [#"agent_id = "ag7""#, #"parent = "parent-1""#, #"sidechain user text "task""#])
  }

  @Test("A Task result announces its sub-agent once")
  func taskResult() {
    let line =
      #"{"type":"user","uuid":"r","message":{"content":[{"type":"tool_result","tool_use_id":"t1","content":"x"}]},"toolUseResult":{"agentId":"ag1"}}"#
    let again = line.replacing("\"r\"", with: "\"r2\"")
    let told = conversation(.claude, line, again).filter { $0.hasPrefix("subagent") }
    #expect(told == ["subagent t1 agent-ag1"])
  }

  @Test("A turn ends once, whichever mark comes first")
  func endOnce() {
    let prompt = user("go", "u1", after: nil)
    let duration = system(#""subtype":"turn_duration","durationMs":1200"#, "s1")
    let hook = system(#""subtype":"stop_hook_summary","stopReason":"""#, "s2")
    func turns(_ lines: String...) -> [String] {
      decode(.claude, records(lines)).flatMap { $0 }.map(\.text).filter {
        $0.hasPrefix("turn")
      }
    }
    let last = answer("ok", "a1", after: "u1", stop: "end_turn")
    let open = answer("ok", "a1", after: "u1")
    #expect(turns(prompt, open, duration) == ["turn started", "turn ended 1200 ms"])
    #expect(turns(prompt, open, hook, duration) == ["turn started", "turn ended", "turn_duration_ms = 1200"])
    #expect(turns(prompt, last, hook) == ["turn started", "turn ended end_turn"])
    #expect(
      turns(prompt, last, duration) == ["turn started", "turn ended end_turn", "turn_duration_ms = 1200"])
    #expect(turns(duration) == ["turn ended 1200 ms"])
  }

  @Test("Only a last word ends a turn", arguments: ["tool_use", "pause_turn"])
  func goesOn(reason: String) {
    #expect(
      conversation(.claude, user("go", "u1", after: nil), answer("x", "a1", after: "u1", stop: reason)).last
        == #"assistant text "x""#)
  }

  @Test("Thinking that carries the reason does not end the turn before its text")
  func thinkingFirst() {
    let thinking =
      #"{"type":"assistant","uuid":"a1","message":{"id":"m","content":[{"type":"thinking","thinking":"h"}],"stop_reason":"end_turn"}}"#
    #expect(
      conversation(
        .claude, user("go", "u1", after: nil), thinking, answer("x", "a2", after: "a1", stop: "end_turn"),
        answer("y", "a3", after: "a2", stop: "end_turn")
      ).filter { $0.hasPrefix("turn") }
        == ["turn started", "turn ended end_turn"])
  }

  @Test("An interruption aborts the turn")
  func interrupted() {
    #expect(
      conversation(
        .claude, user("go", "u1", after: nil), user("[Request interrupted by user]", "u2", after: "u1")) == [
          #"user text "go""#, "turn started", #"hidden user text "[Request interrupted by user]""#,
          "turn aborted [Request interrupted by user]",
        ])
  }

  @Test("A hook or a command that makes the model speak again opens a turn")
  func hookContinues() {
    #expect(
      conversation(
        .claude, user("go", "u1", after: nil), answer("x", "a1", after: "u1", stop: "end_turn", step: "m1"),
        user("Stop hook feedback: tests fail", "u2", after: "a1"),
        answer("y", "a2", after: "u2", stop: "end_turn", step: "m2")
      ).filter { $0.hasPrefix("turn") }
        == ["turn started", "turn ended end_turn", "turn started", "turn ended end_turn"])
  }
}
