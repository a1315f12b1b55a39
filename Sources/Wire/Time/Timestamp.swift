/// A moment in UTC to the millisecond, without leap seconds; a value, it knows no clock.
public struct Timestamp: Sendable, Hashable, Comparable {
  /// Since 1970-01-01T00:00:00Z; negative before.
  public var milliseconds: Int64

  /// A moment by its distance from the Unix epoch.
  public init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  /// ISO 8601, extended format: `2026-02-03`, `2026-02-03T09:00`, `2026-02-03 09:00:00,123456789+01:00`.
  ///
  /// Offsets are `Z`, `±hh`, `±hhmm` or `±hh:mm`, none means UTC; up to nine digits of a fraction, of which three count;
  /// second 60 is the last millisecond of the minute. Years 0001 to 9999, also after the offset is applied.
  public init?(iso8601 text: some Collection<UInt8>) {
    var fields = TimestampFields(Array(text))
    guard let milliseconds = fields.parse(), Self.printable.contains(milliseconds) else { return nil }
    self.milliseconds = milliseconds
  }

  /// As `init(iso8601:)` of bytes.
  public init?(iso8601 text: String) {
    self.init(iso8601: text.utf8)
  }

  /// ISO 8601 or, if there are only digits, milliseconds since the epoch, up to the end of the year 9999.
  public init?(_ text: String) {
    if let number = DecimalText.parse(text.utf8, leadingZeros: true) {
      guard let milliseconds = Int64(exactly: number), Self.printable.contains(milliseconds) else {
        return nil
      }
      self.init(milliseconds: milliseconds)
    } else {
      self.init(iso8601: text.utf8)
    }
  }

  /// `2026-02-03T09:00:00.000Z`
  public var iso8601: String {
    let (day, time) = milliseconds.quotientAndRemainder(flooredBy: 86_400_000)
    let date = CivilDate(daysSinceEpoch: day)
    var text: [UInt8] = []
    text.reserveCapacity(24)
    if date.year < 0 { text.append(UInt8(ascii: "-")) }
    DecimalText.append(date.year.magnitude, digits: 4, to: &text)
    for (separator, value) in [(0x2d, date.month), (0x2d, date.day), (0x54, time / 3_600_000)]
      as [(UInt8, Int64)]
    {
      text.append(separator)
      DecimalText.append(value.magnitude, digits: 2, to: &text)
    }
    for value in [time / 60_000 % 60, time / 1000 % 60] {
      text.append(UInt8(ascii: ":"))
      DecimalText.append(value.magnitude, digits: 2, to: &text)
    }
    text.append(UInt8(ascii: "."))
    DecimalText.append((time % 1000).magnitude, digits: 3, to: &text)
    text.append(UInt8(ascii: "Z"))
    return String(decoding: text, as: UTF8.self)
  }

  /// Earlier is less.
  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.milliseconds < right.milliseconds
  }

  /// The years 0001 to 9999.
  private static let printable: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999
}

extension Int64 {
  /// Division that rounds down, so that the remainder is never negative.
  func quotientAndRemainder(flooredBy divisor: Int64) -> (Int64, Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
