import StreamServer
import Tail
import Testing
import Wire

@Suite("Messages over REST")
struct RestMessagesTests {
  private let events: [TranscriptEvent] = [
    .compaction(Compaction(summary: string("sum"))), .turn(Turn(.started)),
    message(.user, [.text(string("q"))]),
    message(.assistant, [.text(string("a")), .thinking(string("h")), call("c")], uuid: "u2"),
  ]

  @Test("A message is the object of the events view, with the same id")
  func sameObjects() throws {
    var writer = JSONWriter()
    var count = 0
    let rest = RestMessages(include: .standard, sessionID: "s1")
    writer.array { count = rest.append(events, at: line, into: &$0) }
    let rows = try #require(JSONSlice(validating: writer.take())).elements.map(\.description)
    #expect(count == 3 && rows.count == 3)
    #expect(
      rows[0]
        == #"{"id":"9f3c21aa-18442.1","role":"system","blocks":[{"type":"compaction","summary":"sum"}]}"#)
    var encoder = ViewEncoder(view: .events, include: .standard, sessionID: "s1")
    let frames = encoder.frames(at: line, record: nil, events: events).filter { $0.event == "message" }
    #expect(Array(rows.dropFirst()) == frames.map(\.text))
  }

  @Test("TeleClaude's rows are one per block, results have the model's role, blank text has none")
  func teleClaude() {
    let more: [TranscriptEvent] = [
      message(.user, [result("c", [.text(string("x")), .json(json("[1]"))]), .text(string(" \n"))]) {
        $0.timestamp = nil
      },
      message(.user, [.text(string("injected"))]) { $0.hidden = true },
    ]
    func rows(tools: Bool, thinking: Bool) -> [String] {
      var writer = JSONWriter()
      let rows = TeleClaudeRows(includesTools: tools, includesThinking: thinking)
      writer.array { writer in
        _ = rows.append(events + more, entryIndex: 4, fileIndex: 1, into: &writer)
      }
      return JSONSlice(writer.take()).elements.map(\.description)
    }
    let time = #""2026-02-03T09:00:00Z""#
    func row(_ role: String, _ type: String, _ text: String, _ time: String) -> String {
      #"{"role":"\#(role)","type":"\#(type)","text":"\#(text)","timestamp":\#(time),"entry_index":4,"file_index":1}"#
    }
    let shown = [
      row("system", "compaction", "Context compacted", "null"), row("user", "text", "q", time),
      row("assistant", "text", "a", time),
    ]
    #expect(rows(tools: false, thinking: false) == shown)
    #expect(
      rows(tools: true, thinking: true) == shown + [
        row("assistant", "thinking", "h", time), row("assistant", "tool_use", #"Bash: {\"a\":1}"#, time),
        row("assistant", "tool_result", #"x\n[1]"#, "null"),
      ])
  }
}
