import StreamServer
import Tail
import Testing
import Wire

@Suite("The agent view, and the shapes of compat=seed")
struct AgentViewTests {
  @Test("It has the data of the events view under its own names, and the same positions")
  func names() {
    let everything: Include = [.standard, .activity]
    let events: [TranscriptEvent] = [
      message(.user, [.text(string("q"))]), .turn(Turn(.started)),
      .activity(Activity(kind: "bash", text: string("x"))),
      .damaged(Damage(start: 0, length: 3, reason: .malformed, recovered: false)), .branch(parent: "p"),
      .turn(Turn(.ended, durationMS: 7)),
    ]
    let known = render(.events, everything, events[0], events[1], events[2], events[3], events[4], events[5])
    let shown = render(.agent, everything, events[0], events[1], events[2], events[3], events[4], events[5])
    let renamed = [
      known[0], known[2].replacing(" activity ", with: " partial "),
      known[3].replacing(" damaged ", with: " error "), known[5].replacing(" turn ", with: " result "),
    ]
    #expect(shown == renamed)
    #expect(shown[3].contains(#""state":"ended","duration_ms":7"#))
  }

  @Test("For TeleClaude's clients a failed tool has an output like any other, and isError beside it")
  func seed() {
    var answer = message(.user, [result("c1", [.text(string("no"))], isError: true)], uuid: "u2")
    let asked = message(.assistant, [call("c1")])
    let chunks = render(.ui, [.standard, .seed], asked, answer)
    #expect(
      chunks.contains {
        $0.contains(#"{"type":"tool-output-available","toolCallId":"c1","output":"no","isError":true}"#)
      })
    #expect(render(.ui, .standard, asked, answer).contains { $0.contains("tool-output-error") })
    answer = message(.user, [result("c1")], uuid: "u2")
    #expect(render(.ui, [.standard, .seed], asked, answer).contains { $0.contains(#""isError":false}"#) })
  }
}
