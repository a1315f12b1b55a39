/// Reads the fields of an ISO 8601 text from left to right.
struct TimestampFields {
  private let text: [UInt8]
  private var position = 0

  init(_ text: [UInt8]) {
    self.text = text
  }

  /// Milliseconds since the epoch, nil if the text is anything else than one date and time.
  mutating func parse() -> Int64? {
    guard let year = digits(4), year >= 1, accept("-"), let month = digits(2), accept("-"),
      let day = digits(2)
    else { return nil }
    let date = CivilDate(year: year, month: month, day: day)
    guard date.isValid else { return nil }
    let midnight = date.daysSinceEpoch * 86_400_000
    if position == text.count { return midnight }
    guard accept("T") || accept("t") || accept(" "), let time = timeOfDay(), let offset = offset(),
      position == text.count
    else { return nil }
    return midnight + time - offset
  }

  private mutating func timeOfDay() -> Int64? {
    guard let hour = digits(2), hour < 24, accept(":"), let minute = digits(2), minute < 60 else {
      return nil
    }
    let start = (hour * 60 + minute) * 60_000
    guard accept(":") else { return start }
    guard let second = digits(2), second <= 60, let fraction = fraction() else { return nil }
    return start + (second == 60 ? 59_999 : second * 1000 + fraction)
  }

  /// Milliseconds of an optional fraction of one to nine digits.
  private mutating func fraction() -> Int64? {
    guard accept(".") || accept(",") else { return 0 }
    var value: Int64 = 0
    var count = 0
    while let digit = digits(1) {
      if count < 3 { value = value * 10 + digit }
      count += 1
    }
    guard (1...9).contains(count) else { return nil }
    for _ in count..<max(count, 3) { value *= 10 }
    return value
  }

  /// Milliseconds that local time is ahead of UTC.
  private mutating func offset() -> Int64? {
    if position == text.count || accept("Z") || accept("z") { return 0 }
    let sign: Int64
    if accept("+") { sign = 1 } else if accept("-") { sign = -1 } else { return nil }
    guard let hours = digits(2), hours < 24 else { return nil }
    let hasColon = accept(":")
    if !hasColon, position == text.count { return sign * hours * 3_600_000 }
    guard let minutes = digits(2), minutes < 60 else { return nil }
    return sign * (hours * 60 + minutes) * 60_000
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    guard position < text.count, UInt32(text[position]) == character.value else { return false }
    position += 1
    return true
  }

  private mutating func digits(_ count: Int) -> Int64? {
    guard position + count <= text.count else { return nil }
    var value: Int64 = 0
    for byte in text[position..<(position + count)] {
      guard ByteScan.isDigit(byte) else { return nil }
      value = value * 10 + Int64(byte - 0x30)
    }
    position += count
    return value
  }
}
