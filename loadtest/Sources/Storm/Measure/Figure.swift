/// Numbers as a person reads them.
enum Figure {
  /// Nanoseconds as µs, ms or s with three digits.
  static func time(_ nanoseconds: UInt64) -> String {
    let value = Double(nanoseconds)
    if value < 1e6 { return digits(value / 1e3) + " µs" }
    if value < 1e9 { return digits(value / 1e6) + " ms" }
    return digits(value / 1e9) + " s"
  }

  static func seconds(_ seconds: Double) -> String { time(UInt64(max(0, seconds) * 1e9)) }

  /// Bytes in powers of 1,024.
  static func bytes(_ bytes: UInt64) -> String { self.bytes(Double(bytes)) }

  static func bytes(_ bytes: Double) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var value = bytes
    var unit = 0
    while value.magnitude >= 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return unit == 0 ? "\(Int(value)) B" : digits(value) + " " + units[unit]
  }

  /// A count, in thousands or millions when it is large.
  static func count(_ value: Double) -> String {
    if value < 10_000 { return digits(value) }
    if value < 10_000_000 { return digits(value / 1e3) + " k" }
    return digits(value / 1e6) + " M"
  }

  static func percent(_ share: Double) -> String { digits(share * 100) + " %" }

  /// Three digits that count.
  private static func digits(_ value: Double) -> String {
    let size = value.magnitude
    if size >= 100 { return String(Int(value.rounded())) }
    let scale = size >= 10 ? 10.0 : 100.0
    let scaled = Int((size * scale).rounded())
    let whole = scaled / Int(scale)
    let fraction = String(scaled % Int(scale) + Int(scale)).dropFirst()
    return (value < 0 ? "-" : "") + "\(whole).\(fraction)"
  }
}
