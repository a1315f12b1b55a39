import Reactor
import Testing

@testable import Tail

@Suite("The pace of looks")
struct GatherPaceTests {
  private let span = Duration.milliseconds(2)

  /// Looks at these times, in microseconds, each with so many events; the last answer.
  private func look(
    _ pace: inout GatherPace, every step: Int, events: Int, times: Int, from start: inout Int
  ) -> Duration? {
    var answer: Duration?
    for _ in 0..<times {
      start += step
      answer = pace.looked(at: Instant(nanoseconds: UInt64(start) * 1_000), events: events)
    }
    return answer
  }

  @Test("Slow writers are looked at at once, however long they go on")
  func slow() {
    var pace = GatherPace(span: span)
    var now = 1_000_000
    #expect(look(&pace, every: 2_500, events: 1, times: 1_000, from: &now) == nil)
    #expect(look(&pace, every: 1_100, events: 1, times: 1_000, from: &now) == nil)
    #expect(!pace.waits(at: Instant(nanoseconds: UInt64(now) * 1_000), isBehind: true))
  }

  @Test("Dense events gather after a while, and no more once they are thin again")
  func dense() {
    var pace = GatherPace(span: span)
    var now = 1_000_000
    #expect(look(&pace, every: 250, events: 1, times: 12, from: &now) == nil, "a burst is no reason")
    #expect(look(&pace, every: 250, events: 1, times: 12, from: &now) == span)
    #expect(look(&pace, every: 3_000, events: 12, times: 100, from: &now) == span)
    // A pause here and there changes nothing.
    #expect(look(&pace, every: 3_000, events: 0, times: 8, from: &now) == span)
    #expect(look(&pace, every: 3_000, events: 12, times: 1, from: &now) == span)
    #expect(
      look(&pace, every: 3_000, events: 2, times: 100, from: &now) == span, "one in a span is enough to go on"
    )
    #expect(look(&pace, every: 3_000, events: 1, times: 16, from: &now) == nil)
  }

  @Test("A loop whose every look takes long gathers too, when looks bring much")
  func long() {
    var pace = GatherPace(span: span)
    var now = 1_000_000
    #expect(look(&pace, every: 28_000, events: 3_400, times: 20, from: &now) == span)
  }

  @Test("While lines are still being sent the next look waits, but not until the kernel's queue is full")
  func patience() {
    var pace = GatherPace(span: span)
    var now = 1_000_000
    _ = look(&pace, every: 10_000, events: 1_000, times: 20, from: &now)
    func waits(after microseconds: Int, _ isBehind: Bool = true) -> Bool {
      pace.waits(at: Instant(nanoseconds: UInt64(now + microseconds) * 1_000), isBehind: isBehind)
    }
    #expect(waits(after: 2_000) && waits(after: 99_000))
    #expect(!waits(after: 2_000, false) && !waits(after: 101_000))
    _ = look(&pace, every: 10_000, events: 4_000, times: 1, from: &now)
    #expect(waits(after: 24_000) && !waits(after: 26_000), "10,000 events would be waiting")
  }

  @Test("A span of zero never lets them gather")
  func never() {
    var pace = GatherPace(span: .zero)
    var now = 1_000_000
    #expect(look(&pace, every: 10, events: 100, times: 100, from: &now) == nil)
    #expect(!pace.waits(at: Instant(nanoseconds: UInt64(now) * 1_000), isBehind: true))
  }
}
