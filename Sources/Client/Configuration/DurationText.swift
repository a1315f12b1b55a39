/// Text of a duration: `15s`, `100ms`, `10m`, `2h`, `1d`; a bare number is seconds. To the millisecond.
enum DurationText {
  private static let units: [(name: String, milliseconds: Int)] = [
    ("ms", 1), ("s", 1000), ("", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
  ]

  /// A duration, or nil when the text is none or overflows.
  static func parse(_ text: String) -> Duration? {
    guard let (amount, unit) = Amount.split(text),
      let size = units.first(where: { $0.name == unit })?.milliseconds,
      let milliseconds = amount.times(size)
    else { return nil }
    return .milliseconds(milliseconds)
  }

  /// The shortest text that reads back as the same duration.
  static func format(_ duration: Duration) -> String {
    let milliseconds = duration.milliseconds
    if milliseconds == 0 { return "0s" }
    for (name, size) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)]
    where milliseconds.isMultiple(of: size) {
      return "\(milliseconds / size)\(name)"
    }
    return "\(milliseconds)ms"
  }
}

extension Duration {
  /// Whole milliseconds, rounded towards zero.
  public var milliseconds: Int {
    let (seconds, attoseconds) = components
    return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
  }
}

/// A decimal number with up to three places, kept exact: `1.5` of a unit must not depend on floating point.
struct Amount: Equatable {
  /// The number times 1000.
  var thousandths: Int

  /// A number and the unit behind it, blanks between them allowed.
  static func split(_ text: String) -> (amount: Amount, unit: String)? {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = text[digits.endIndex...].drop { $0 == " " }
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = parts.first.flatMap({ Int($0) }), parts.count <= 2 else { return nil }
    var fraction = 0
    if parts.count == 2 {
      guard (1...3).contains(parts[1].count) else { return nil }
      guard let places = Int(parts[1] + String(repeating: "0", count: 3 - parts[1].count)) else { return nil }
      fraction = places
    }
    let (scaled, over) = whole.multipliedReportingOverflow(by: 1000)
    return over ? nil : (Amount(thousandths: scaled + fraction), String(unit))
  }

  /// The product as a whole number, rounded down; nil when it overflows.
  func times(_ unit: Int) -> Int? {
    let (product, over) = thousandths.multipliedReportingOverflow(by: unit)
    return over ? nil : product / 1000
  }
}
