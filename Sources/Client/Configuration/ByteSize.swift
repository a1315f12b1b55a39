/// Text of a number of bytes: `8MiB`, `64K`, `1048576`. K, M, G and KiB, MiB, GiB are powers of 1024; KB, MB, GB of 1000.
enum ByteSize {
  private static let units: [(name: String, bytes: Int)] = [
    ("gib", 1 << 30), ("mib", 1 << 20), ("kib", 1 << 10), ("gb", 1_000_000_000), ("mb", 1_000_000),
    ("kb", 1000), ("g", 1 << 30), ("m", 1 << 20), ("k", 1 << 10), ("b", 1), ("", 1),
  ]

  /// Bytes, or nil when the text is no size or overflows.
  static func parse(_ text: String) -> Int? {
    guard let (amount, unit) = Amount.split(text),
      let size = units.first(where: { $0.name == unit.lowercased() })?.bytes
    else { return nil }
    return amount.times(size)
  }

  /// The shortest text that reads back as the same number.
  static func format(_ bytes: Int) -> String {
    for (name, size) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
    where bytes >= size && bytes.isMultiple(of: size) {
      return "\(bytes / size)\(name)"
    }
    return "\(bytes)"
  }

  /// A text for people, of three digits at most: `2.9 MiB`.
  static func rounded(_ bytes: Int) -> String {
    for (name, size) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] where bytes >= size {
      let tenths = bytes / (size / 10)
      return tenths < 100 ? "\(tenths / 10).\(tenths % 10) \(name)" : "\(tenths / 10) \(name)"
    }
    return "\(bytes) B"
  }
}
