import Testing
import Wire

@testable import Client

@Suite("Moments that people type")
struct MomentTextTests {
  /// Half a day in: the same day in most zones, and no zone's summer time begins or ends then.
  let here = Timestamp("2026-01-15T12:00:00Z")

  private func local(_ text: String) -> String? { MomentText.parse(text, from: here).map(MomentText.local) }

  @Test("Hours are of the day that is looked at, dates of the machine's zone")
  func local() throws {
    let day = try String(MomentText.local(#require(here)).prefix(10))
    #expect(local("14:30") == "\(day) 14:30:00")
    #expect(local(" 9:05 ") == "\(day) 09:05:00")
    #expect(local("23:59:58") == "\(day) 23:59:58")
    #expect(local("2026-07-04") == "2026-07-04 00:00:00")
    #expect(local("2026-07-04 14:30") == "2026-07-04 14:30:00")
    #expect(local("2026-07-04T14:30:15") == "2026-07-04 14:30:15")
  }

  @Test("A moment with a zone of its own is that moment")
  func zoned() {
    #expect(MomentText.parse("2026-07-04T14:30:15Z", from: nil)?.iso8601 == "2026-07-04T14:30:15.000Z")
    #expect(MomentText.parse("2026-07-04 14:30+02:00", from: nil)?.iso8601 == "2026-07-04T12:30:00.000Z")
  }

  @Test("A distance counts from what is looked at")
  func distances() {
    #expect(MomentText.parse("-10m", from: here)?.iso8601 == "2026-01-15T11:50:00.000Z")
    #expect(MomentText.parse("+2h", from: here)?.iso8601 == "2026-01-15T14:00:00.000Z")
    #expect(MomentText.parse("-1d", from: here)?.iso8601 == "2026-01-14T12:00:00.000Z")
  }

  @Test(
    "What is no time is none",
    arguments: [
      "", "soon", "25:00", "14:61", "-", "+x", "2026-13-01", "2026", "10m", ":", "14:30 2026-01-01",
    ])
  func none(text: String) { #expect(MomentText.parse(text, from: here) == nil) }

  @Test("Without a place to count from only dates are times", arguments: ["14:30", "-10m"])
  func nowhere(text: String) { #expect(MomentText.parse(text, from: nil) == nil) }
}
