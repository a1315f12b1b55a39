/// Decimal numbers as they stand in cursors, lengths and times: digits only, no sign, no overflow.
enum DecimalText {
  /// Nil for an empty text, any byte that is no digit, more than 64 bits, and, unless allowed, a needless leading zero.
  static func parse(_ text: some Collection<UInt8>, leadingZeros: Bool = false) -> UInt64? {
    guard let first = text.first else { return nil }
    if first == UInt8(ascii: "0"), text.count > 1, !leadingZeros { return nil }
    var value: UInt64 = 0
    for byte in text {
      guard ByteScan.isDigit(byte) else { return nil }
      let (tens, tensOverflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, sumOverflow) = tens.addingReportingOverflow(UInt64(byte - 0x30))
      guard !tensOverflow, !sumOverflow else { return nil }
      value = sum
    }
    return value
  }

  /// Appends `value` with at least `digits` digits.
  static func append(_ value: UInt64, digits: Int = 1, to target: inout [UInt8]) {
    var divisor: UInt64 = 1
    var count = 1
    while count < digits || value / divisor >= 10 {
      divisor *= 10
      count += 1
    }
    while divisor > 0 {
      target.append(0x30 + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }
}
