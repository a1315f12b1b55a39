import TestSupport
import Testing

@testable import Wire

@Suite("Times")
struct TimestampTests {
  @Test(
    "Every accepted form is the right moment",
    arguments: [
      ("1970-01-01", 0), ("1970-01-01T00:00:00Z", 0), ("2026-02-03T09:00:00.000Z", 1_770_109_200_000),
      ("2026-02-03T09:00", 1_770_109_200_000), ("2026-02-03 09:00:00", 1_770_109_200_000),
      ("2026-02-03t09:00:00z", 1_770_109_200_000), ("2026-02-03T10:00:00+01:00", 1_770_109_200_000),
      ("2026-02-03T10:00:00+0100", 1_770_109_200_000), ("2026-02-03T10:00:00+01", 1_770_109_200_000),
      ("2026-02-02T23:30:00-09:30", 1_770_109_200_000), ("2026-02-03T09:00:00.1Z", 1_770_109_200_100),
      ("2026-02-03T09:00:00,12Z", 1_770_109_200_120), ("2026-02-03T09:00:00.123456789Z", 1_770_109_200_123),
      ("2016-12-31T23:59:60Z", 1_483_228_799_999), ("2024-02-29", 1_709_164_800_000),
      ("0001-01-01T00:00:00Z", -62_135_596_800_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
      ("0", 0), ("1770109200000", 1_770_109_200_000), ("2026", 2026),
    ] as [(String, Int64)])
  func accepts(text: String, milliseconds: Int64) {
    #expect(Timestamp(text)?.milliseconds == milliseconds)
  }

  @Test(
    "Anything else is refused",
    arguments: [
      "", " ", "x", "-1", "+1", "2026-2-3", "2026-02-30", "2023-02-29", "1900-02-29", "2026-13-01",
      "2026-00-01",
      "2026-01-00", "0000-01-01", "2026-02-03T", "2026-02-03T9:00", "2026-02-03T24:00:00",
      "2026-02-03T09:60:00",
      "2026-02-03T09:00:61", "2026-02-03T09:00:00.", "2026-02-03T09:00:00.1234567890",
      "2026-02-03T09:00:00+24:00",
      "2026-02-03T09:00:00+1", "2026-02-03T09:00:00+01:", "2026-02-03T09:00:00+01:60",
      "2026-02-03T09:00:00Zx",
      "2026-02-03Z", "2026-02-03T09:00:00 Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
      "253402300800000", "99999999999999999999999", "\u{662}026-02-03", "2026-02-03T09:00:00Z\n", "17e9",
    ])
  func refuses(text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test("Formatting and parsing are inverse over the whole calendar")
  func roundTrip() {
    let seed = testSeed()
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<20_000 {
      let moment = Timestamp(
        milliseconds: .random(in: -62_135_596_800_000...253_402_300_799_999, using: &generator))
      #expect(Timestamp(iso8601: moment.iso8601) == moment, "seed \(seed)")
    }
    #expect(Timestamp(milliseconds: 1_770_109_200_000).iso8601 == "2026-02-03T09:00:00.000Z")
    #expect(Timestamp(milliseconds: -1).iso8601 == "1969-12-31T23:59:59.999Z")
  }

  @Test("Each day of 400 years is the day after the one before")
  func calendar() {
    var day: Int64 = CivilDate(year: 1900, month: 1, day: 1).daysSinceEpoch
    for year in Int64(1900)..<2300 {
      for month in Int64(1)...12 {
        for date in Int64(1)...31 where CivilDate(year: year, month: month, day: date).isValid {
          let civil = CivilDate(year: year, month: month, day: date)
          guard civil.daysSinceEpoch == day else {
            Issue.record("\(year)-\(month)-\(date)")
            return
          }
          let back = CivilDate(daysSinceEpoch: day)
          guard (back.year, back.month, back.day) == (year, month, date) else {
            Issue.record("\(year)-\(month)-\(date) back")
            return
          }
          day += 1
        }
      }
    }
    #expect(day - CivilDate(year: 1900, month: 1, day: 1).daysSinceEpoch == 146_097)
  }
}
