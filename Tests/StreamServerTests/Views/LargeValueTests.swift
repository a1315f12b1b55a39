import StreamServer
import Tail
import Testing
import Wire

@Suite("Values over the inline limit")
struct LargeValueTests {
  private let limits = ViewLimits(inlineBytes: 30, excerptBytes: 12)

  @Test("A long text is its beginning and a reference")
  func longText() {
    let event = message(.user, [.text(string(String(repeating: "a", count: 29)))]) { $0.timestamp = nil }
    #expect(
      render(.events, limits: limits, event) == [
        #"record message {"id":"9f3c21aa-18442","uuid":"u1","role":"user","blocks":[{"type":"text","#
          + #""text":"aaaaaaaaaaaa","truncated":true,"bytes":31,"#
          + #""href":"/api/v1/sessions/s1/records/9f3c21aa-18442"}]}"#
      ])
  }

  @Test("A text at the limit is inline")
  func atTheLimit() {
    let event = message(.user, [.text(string(String(repeating: "a", count: 28)))])
    #expect(render(.events, limits: limits, event)[0].contains("truncated") == false)
  }

  @Test("The cut falls between characters and between escapes", arguments: 1...40)
  func cut(limit: Int) throws {
    let parts = ["a", "é", "€", "😀", #"\n"#, #"\u00e9"#, #"\ud83d\ude00"#, #"\uD83D"#, #"\\"#, "b"]
    let text = json("\"" + parts.joined() + "\"")
    let event = message(.user, [.text(text)])
    let limits = ViewLimits(inlineBytes: 20, excerptBytes: limit)
    var encoder = ViewEncoder(view: .events, include: .standard, sessionID: "s", limits: limits)
    let frame = try #require(encoder.frames(at: line, record: nil, events: [event]).first)
    let data = try #require(JSONSlice(validating: frame.data), "the message is valid JSON")
    let excerpt = try #require(data["blocks"]?.elements.first?["text"])
    #expect(excerpt.utf8Count - 2 <= limit)
    let whole = (0...parts.count).map { "\"" + parts.prefix($0).joined() + "\"" }
    #expect(whole.contains(excerpt.description))
    #expect(excerpt.utf8Count - 2 + 12 > min(limit, text.utf8Count - 2))
  }

  @Test("A long input, output or value is a reference")
  func longInput() {
    let long = #"{"k":"\#(String(repeating: "v", count: 40))"}"#
    let reference = #""truncated":true,"bytes":48,"href":"/api/v1/sessions/s1/records/9f3c21aa-18442""#
    let use = render(.events, limits: limits, message(.assistant, [call("c", long)]))[0]
    #expect(use.contains(#""input":{},\#(reference)}"#))
    let output = render(.events, limits: limits, message(.user, [result("c", [.json(json(long))])]))[0]
    #expect(output.contains(#""content":[{"type":"json",\#(reference)}]"#))
    let meta = render(.events, [.meta], limits: limits, .meta(key: "k", value: json(long)))[0]
    #expect(meta == #"- meta {"key":"k","value":null,\#(reference)}"#)
    let chunk = render(.ui, limits: limits, message(.assistant, [call("c", long)]))[2]
    #expect(chunk.contains(#""input":{\#(reference)}"#))
  }

  @Test("A long text in the ui view stops short and says so inside its part")
  func longDelta() {
    let text = string(String(repeating: "a", count: 29))
    #expect(
      render(.ui, limits: limits, message(.assistant, [.text(text)])).dropFirst() == [
        #"- {"type":"text-start","id":"u1:0"}"#,
        #"- {"type":"text-delta","id":"u1:0","delta":"aaaaaaaaaaaa"}"#,
        #"- {"type":"data-truncated","id":"u1:0","data":{"truncated":true,"bytes":31,"#
          + #""href":"/api/v1/sessions/s1/records/9f3c21aa-18442"}}"#,
        #"record {"type":"text-end","id":"u1:0"}"#,
      ])
  }
}
