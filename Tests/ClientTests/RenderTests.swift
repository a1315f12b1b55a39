import Testing
import Wire

@testable import Client

@Suite("What a person sees")
struct RenderTests {
  func lines(_ name: String, _ json: String) -> [String] {
    var printer = TranscriptPrinter()
    printer.moment = { $0.iso8601 }
    return printer.lines(StreamEvent(name: name, id: nil, data: Array(json.utf8)))
  }

  @Test("Control characters are shown, not executed")
  func control() {
    #expect(VisibleText.of("a\u{1b}[31mb\u{7}\u{7f}\u{0}") == "a␛[31mb␇␡␀")
    #expect(VisibleText.of("a\u{9b}31m\u{202e}b") == "a\\u{9b}31m\\u{202e}b")
    #expect(VisibleText.of("one\r\ntwo\rthree\tfour") == "one\ntwo␍three\tfour")
    #expect(VisibleText.line("a\nb\tc\r\nd\u{2028}") == "a b c d ")
    #expect(VisibleText.of("žluť 👩‍💻 日本") == "žluť 👩‍💻 日本")
  }

  @Test("JSON for a terminal keeps its value and loses what a terminal obeys")
  func json() throws {
    let text = "\"a\u{7f}\u{80}\u{9b}\u{a0}é\u{c2}\""
    let safe = VisibleText.json(Array(text.utf8))
    #expect(String(decoding: safe, as: UTF8.self) == "\"a\\u007f\\u0080\\u009b\u{a0}é\u{c2}\"")
    #expect(JSONSlice(validating: safe)?.string == JSONSlice(validating: Array(text.utf8))?.string)
  }

  @Test("A message is a line of time, role and text; further lines are indented")
  func message() {
    let json =
      #"{"role":"user","timestamp":"2026-02-03T09:00:00Z","blocks":[{"type":"text","text":"hi\n[x] user: ho"}]}"#
    #expect(lines("message", json) == ["[2026-02-03T09:00:00.000Z] user: hi", "  [x] user: ho"])
  }

  @Test("A tool call is one line, its answer is clipped")
  func tools() {
    let call =
      #"{"role":"assistant","blocks":[{"type":"tool_use","id":"1","name":"Bash","input":{"command":"a\nb"}}]}"#
    #expect(lines("message", call) == [#"assistant → Bash {"command":"a\nb"}"#])
    let answer =
      #"{"role":"user","blocks":[{"type":"tool_result","content":"1\n2\n3\n4\n5","is_error":true}]}"#
    #expect(lines("message", answer) == ["← error: 1", "  2", "  3", "  … 2 more lines"])
    let parts =
      #"{"role":"user","blocks":[{"type":"tool_result","content":["x",{"type":"text","text":"y"},{"type":"image"}]}]}"#
    #expect(lines("message", parts) == ["← x", "  y", "  <image>"])
    let nothing = #"{"role":"user","blocks":[{"type":"tool_result","content":null}]}"#
    #expect(lines("message", nothing) == ["← "])
    let long =
      "{\"role\":\"assistant\",\"blocks\":[{\"type\":\"tool_use\",\"name\":\"T\",\"input\":\"\(String(repeating: "x", count: 999))\"}]}"
    #expect(lines("message", long).map(\.count) == ["assistant → T ".count + 160])
  }

  @Test("No field of an event reaches the terminal unseen")
  func hostileFields() {
    let escape = #"\u001b]0;x\u0007"#
    let blocks = ["text", "thinking", "tool_use", "tool_result", "image", escape].map {
      #"{"type":"\#($0)","text":"\#(escape)","name":"\#(escape)","content":"\#(escape)","media_type":"\#(escape)","input":"\#(escape)"}"#
    }
    let fields = ["role", "state", "reason", "trigger", "from", "parent", "session_id", "status"]
    let json =
      "{" + fields.map { #""\#($0)":"\#(escape)","# }.joined()
      + #""blocks":[\#(blocks.joined(separator: ","))]}"#
    for name in [
      "message", "update", "turn", "compaction", "retract", "branch", "damaged", "subagent", "status",
      "reset",
    ] {
      let shown = lines(name, json)
      #expect(!shown.isEmpty, "\(name)")
      #expect(shown.joined().unicodeScalars.allSatisfy { $0.value >= 0x20 }, "\(name)")
    }
  }

  @Test(
    "Events that only programs need are no lines",
    arguments: ["hello", "caught_up", "bye", "lagged", "meta", "new_kind"])
  func silent(name: String) {
    #expect(lines(name, #"{"cursor":"9f3c21aa-0"}"#).isEmpty)
  }

  @Test("A table is as wide as its text and never wider than its limits")
  func table() {
    var table = TextTable([("ID", 4), ("T", 80)])
    table.add(["abcdefgh", "x\ny"])
    table.add(["a", ""])
    #expect(table.lines == ["ID    T", "abc…  x y", "a"])
  }

  @Test("Ages", arguments: [(0, "now"), (59, "59s"), (60, "1m"), (7200, "2h"), (200_000, "2d")])
  func ages(seconds: Int64, text: String) {
    #expect(MomentText.span(seconds: seconds) == text)
  }
}
