import Testing
import Wire

@testable import Tail

@Suite("What a turn used")
struct TurnUsageTests {
  private func user(_ id: String) -> String {
    #"{"type":"user","uuid":"\#(id)","message":{"role":"user","content":"go"}}"#
  }

  private func call(_ uuid: String, _ id: String, input: Int, output: Int, stop: String = "null") -> String {
    #"{"type":"assistant","uuid":"\#(uuid)","message":{"id":"\#(id)","role":"assistant","model":"m","#
      + #""content":[{"type":"text","text":"x"}],"stop_reason":\#(stop),"#
      + #""usage":{"input_tokens":\#(input),"output_tokens":\#(output),"service_tier":"standard"}}}"#
  }

  private func usages(_ agent: AgentKind, _ lines: [String]) -> [String] {
    decode(agent, records(lines)).flatMap { $0 }.compactMap { event in
      guard case .turn(let turn) = event, turn.state != .started else { return nil }
      return turn.usage?.description ?? "none"
    }
  }

  @Test(
    "Claude: the last usage of each call of the turn is counted once, also when calls interrupt each other")
  func claude() {
    let lines = [
      user("u1"), call("a1", "m1", input: 10, output: 1), call("a2", "m2", input: 20, output: 5),
      call("a3", "m1", input: 10, output: 4), call("a4", "m3", input: 30, output: 7, stop: #""end_turn""#),
      user("u2"), call("a5", "m4", input: 1, output: 1, stop: #""end_turn""#), user("u3"),
      #"{"type":"user","uuid":"u4","message":{"role":"user","content":"[Request interrupted by user]"}}"#,
    ]
    #expect(
      usages(.claude, lines) == [
        #"{"input_tokens":60,"output_tokens":16}"#, #"{"input_tokens":1,"output_tokens":1}"#, "none",
      ])
  }

  @Test("A turn whose beginning was not read has no sum")
  func cut() {
    #expect(usages(.claude, [call("a1", "m1", input: 10, output: 1, stop: #""end_turn""#)]) == ["none"])
  }

  @Test("Codex: a count that is written again is the same count")
  func codex() {
    func event(_ payload: String) -> String { #"{"type":"event_msg","payload":\#(payload)}"# }
    func count(_ last: Int, _ total: Int) -> String {
      event(
        #"{"type":"token_count","info":{"last_token_usage":{"input_tokens":\#(last),"total_tokens":\#(last)},"#
          + #""total_token_usage":{"total_tokens":\#(total)}}}"#)
    }
    let start = event(#"{"type":"task_started"}"#)
    let end = event(#"{"type":"task_complete"}"#)
    #expect(
      usages(.codex, [count(9, 9), start, count(5, 14), count(5, 14), count(5, 19), end, start, end])
        == [#"{"input_tokens":10,"total_tokens":10}"#, "none"])
  }
}
