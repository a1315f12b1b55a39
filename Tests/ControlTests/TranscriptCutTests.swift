import Testing
import Wire

@testable import Control

@Suite("Where a transcript is cut")
struct TranscriptCutTests {
  /// The end of each row is ten times its number.
  private func cut(_ wanted: String, _ rows: String...) -> TranscriptCut.Place? {
    var cut = TranscriptCut(wanted)
    for (number, row) in rows.enumerated() {
      let json = JSONSlice(validating: Array(row.utf8)) ?? .null
      if let place = cut.read(json, endingAt: UInt64(number + 1) * 10) { return place }
    }
    return nil
  }

  private func row(_ type: String, _ uuid: String, after parent: String? = nil) -> String {
    #"{"type":"\#(type)","uuid":"\#(uuid)","parentUuid":\#(parent.map { "\"\($0)\"" } ?? "null")}"#
  }

  @Test("Before a message of the user, after one of the agent")
  func sides() {
    let rows = [
      row("user", "u1"), row("assistant", "a1", after: "u1"), #"{"type":"queue-operation"}"#,
      row("user", "u2", after: "a1"), row("assistant", "a2", after: "u2"),
    ]
    #expect(cut("u2", rows[0], rows[1], rows[2], rows[3], rows[4]) == .after(20))
    #expect(cut("a2", rows[0], rows[1], rows[2], rows[3], rows[4]) == .after(50))
    #expect(cut("u1", rows[0]) == .beginning)
    #expect(cut("x", rows[0], rows[1]) == nil)
    #expect(cut("s", row("system", "s")) == .noMessage)
  }

  @Test("What was typed after a rewind hangs on an older row, and so does the cut")
  func branch() {
    #expect(
      cut(
        "u3", row("user", "u1"), row("assistant", "a1", after: "u1"), row("user", "u2", after: "a1"),
        row("assistant", "a2", after: "u2"), row("user", "u3", after: "a1")) == .after(20))
  }

  @Test("A row is put into another session by its own member alone, wherever it stands")
  func moved() {
    for (line, expected) in [
      (
        #"{"a":{"sessionId":"x"},"sessionId":"old","b":"old"}"#,
        #"{"a":{"sessionId":"x"},"sessionId":"new","b":"old"}"#
      ),
      (#"{"uuid":"old"}"#, #"{"uuid":"old"}"#), (#"{"sessionId":7}"#, #"{"sessionId":7}"#), ("half", "half"),
    ] {
      #expect(TranscriptCut.line(Array(line.utf8), of: "new") == Array(expected.utf8))
    }
  }
}
