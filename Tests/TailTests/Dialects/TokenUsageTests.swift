import Testing
import Wire

@testable import Tail

@Suite("Tokens of model calls")
struct TokenUsageTests {
  private func usage(_ agent: AgentKind, _ json: String) -> TokenUsage? {
    JSONSlice(validating: Array(json.utf8)).flatMap { TokenUsage($0, of: agent) }
  }

  @Test("Every agent's numbers become the same parts, which exclude each other")
  func normal() {
    let same = TokenUsage(input: 60, output: 30, cacheRead: 40, cacheCreation: 0, reasoning: 10)
    #expect(
      usage(
        .claude,
        #"{"input_tokens":60,"output_tokens":30,"cache_read_input_tokens":40,"#
          + #""output_tokens_details":{"thinking_tokens":10}}"#) == same)
    #expect(
      usage(
        .codex,
        #"{"last_token_usage":{"input_tokens":100,"cached_input_tokens":40,"output_tokens":30,"#
          + #""reasoning_output_tokens":10},"total_token_usage":{"input_tokens":900,"output_tokens":900}}"#)
        == same)
    #expect(
      usage(.gemini, #"{"input":95,"output":20,"cached":40,"thoughts":10,"tool":5,"total":130}"#) == same)
    #expect(same.total == 130)
  }

  @Test(
    "What is no usage is none, and a number that cannot be true is no number",
    arguments: [
      "{}", "[]", #"{"input_tokens":1}"#, #"{"input_tokens":-1,"output_tokens":1}"#,
      #"{"input_tokens":"1","output_tokens":1}"#, #"{"input_tokens":9223372036854775807,"output_tokens":1}"#,
    ])
  func broken(_ json: String) {
    #expect(usage(.claude, json) == nil)
  }

  @Test("Claude: rows of one request are of one call, an id that comes again in another request is another")
  func calls() {
    func row(_ uuid: String, _ id: String, _ request: String?) -> String {
      #"{"type":"assistant","uuid":"\#(uuid)","#
        + (request.map { #""requestId":"\#($0)","# } ?? "")
        + #""message":{"id":"\#(id)","model":"m","content":[{"type":"text","text":"x"}],"#
        + #""usage":{"input_tokens":1,"output_tokens":1}}}"#
    }
    let calls = decode(
      .claude,
      records([
        row("a", "m", "r"), row("b", "m", "r"), row("c", "m", "s"), row("d", "m", nil), row("e", "n", "r"),
      ])
    ).flatMap { $0 }.compactMap { $0.message?.call }
    #expect(calls.count == 5 && calls[0] == calls[1])
    #expect(Set(calls).count == 4)
  }

  @Test("Codex: a count that is written again is of the same call, and names the model of its turn")
  func codexCalls() {
    func count(_ total: Int) -> String {
      #"{"type":"event_msg","payload":{"type":"token_count","info":{"last_token_usage":{"input_tokens":1},"#
        + #""total_token_usage":{"total_tokens":\#(total)}}}}"#
    }
    let turn = #"{"type":"turn_context","payload":{"model":"gpt-9"}}"#
    let usages = decode(.codex, records([turn, count(5), count(5), count(9)])).flatMap { $0 }
      .compactMap { event in
        if case .usage(let usage) = event { usage } else { nil }
      }
    #expect(usages.count == 3 && usages.allSatisfy { $0.model == "gpt-9" })
    #expect(usages[0].call == usages[1].call && usages[1].call != usages[2].call)
  }
}
