import Testing
import Wire

@testable import Tail

@Suite("What a listing says")
struct SummaryTests {
  @Test("Head and tail of a session give its summary")
  func summary() {
    var summary = SessionSummary()
    let lines = [
      #"{"type":"user","uuid":"1","timestamp":"2026-02-03T09:00:00.000Z","sessionId":"s","cwd":"/a","version":"2","gitBranch":"main","message":{"content":"  First\n\n  prompt "}}"#,
      #"{"type":"assistant","uuid":"2","timestamp":"2026-02-03T08:59:00.000Z","message":{"model":"claude-x","content":[{"type":"text","text":"Done"}],"stop_reason":"end_turn"}}"#,
      #"{"type":"user","uuid":"3","isMeta":true,"timestamp":"2026-02-03T09:01:00.000Z","message":{"content":"injected"}}"#,
      #"{"type":"custom-title","customTitle":"Name"}"#, #"{"type":"continued-in","sessionId":"s","to":"t"}"#,
    ]
    for events in decode(.claude, records(lines)) { summary.absorb(events) }
    #expect(summary.title == "Name")
    #expect(summary.firstPrompt == "First prompt")
    #expect(summary.sessionID == "s")
    #expect(summary.cwd == "/a")
    #expect(summary.model == "claude-x")
    #expect(summary.version == "2")
    #expect(summary.gitBranch == "main")
    #expect(summary.firstTimestamp == "2026-02-03T08:59:00.000Z")
    #expect(summary.lastTimestamp == "2026-02-03T09:01:00.000Z")
    #expect(summary.lastMessage == "Done")
    #expect(summary.lastRole == .assistant)
    #expect(summary.turnOpen == false)
    #expect(summary.continuedIn == "t")
    #expect(summary.isSidechain == false)
  }

  @Test("A sub-agent's file is one, with its parent")
  func subagent() {
    var summary = SessionSummary()
    let line =
      #"{"type":"user","uuid":"1","isSidechain":true,"agentId":"a","sessionId":"p","message":{"content":"task"}}"#
    summary.absorb(decode(.claude, records([line]))[0])
    #expect(summary.isSidechain)
    #expect(summary.parentSessionID == "p")
  }

  @Test("A text is cut at 200 characters, never inside one", arguments: 4_080...4_100)
  func cut(length: Int) {
    // White space is one character of the line, so that the cut of the bytes comes before that of the characters.
    let text =
      String(repeating: "\t", count: length / 2 - 4) + "é👩🏽‍💻\u{1F680}" + String(repeating: "é", count: 300)
    let plain = SessionSummary.plain(JSONSlice(string: text))
    #expect(plain.count <= 200)
    #expect(!plain.contains("\u{FFFD}"))
    #expect(SessionSummary.plain(JSONSlice(string: String(repeating: "ab ", count: 500))).count <= 200)
  }
}
