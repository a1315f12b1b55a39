import StreamServer
import Tail
import Testing
import Wire

@Suite("The raw view")
struct RawViewTests {
  private func frames(_ records: [Record], _ events: [TranscriptEvent] = []) -> [String] {
    var encoder = ViewEncoder(view: .raw, include: .standard, sessionID: "s1")
    return encoder.frames(at: line, records: records, events: events).map(\.golden)
  }

  @Test("A record is its own bytes, line breaks between tokens are spaces")
  func bytes() {
    #expect(frames([record(#"{ "a" : "\r\n" }"#)]) == [#"record { "a" : "\r\n" }"#])
    #expect(frames([record("{\"a\":\r1,\r\n\"b\":2}")]) == [#"record {"a": 1,  "b":2}"#])
  }

  @Test("Damage comes before the record that was recovered from it, and each has an id")
  func damage() {
    let damaged = TranscriptEvent.damaged(Damage(start: 3, length: 4, reason: .malformed, recovered: true))
    let events = [damaged, message(.user, [.text(string("x"))])]
    let href = "/api/v1/sessions/s1/records/9f3c21aa-18442"
    let damage = #"{"length":4,"reason":"malformed","recovered":true,"href":"\#(href)"}"#
    #expect(frames([record("{}")], events) == [".1 damaged \(damage)", "record {}"])
    #expect(frames([], [damaged]) == ["record damaged \(damage)"])
  }

  @Test("Records on one line are parts of one position")
  func glued() {
    #expect(frames([record("{}"), record("[1]")]) == [".1 {}", "record [1]"])
  }
}
