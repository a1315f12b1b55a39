/// Counts durations in nanoseconds in logarithmic buckets: 64 of equal width to each doubling, so that a value
/// read back is at most 1.6 % above the true one; below 128 ns it is exact. No allocation after `init`.
public struct Histogram: Sendable {
  private static let subBits = 6
  private static let sub = 1 << subBits
  private var counts: [UInt64]

  /// How many durations were recorded.
  public private(set) var count: UInt64 = 0
  /// The longest of them, exactly.
  public private(set) var max: UInt64 = 0

  /// A histogram of nothing.
  public init() { counts = Array(repeating: 0, count: Self.bucket(of: .max) + 1) }

  /// Counts one duration.
  public mutating func record(_ nanoseconds: UInt64) {
    counts[Self.bucket(of: nanoseconds)] += 1
    count += 1
    if nanoseconds > max { max = nanoseconds }
  }

  /// Counts everything that `other` counted.
  public mutating func merge(_ other: Histogram) {
    for index in counts.indices { counts[index] += other.counts[index] }
    count += other.count
    max = Swift.max(max, other.max)
  }

  /// The smallest bucket's upper end at or below which `quantile` (0...1) of the durations lie; 0 for none.
  public func quantile(_ quantile: Double) -> UInt64 {
    guard count > 0 else { return 0 }
    let rank = Swift.max(1, UInt64((quantile * Double(count)).rounded(.up)))
    var seen: UInt64 = 0
    for (index, n) in counts.enumerated() {
      seen += n
      if seen >= rank { return Swift.min(Self.upperEnd(of: index), max) }
    }
    return max
  }

  /// Values below 2 × sub have a bucket each; above, the bits behind the leading one choose the bucket.
  static func bucket(of value: UInt64) -> Int {
    guard value >= UInt64(2 * sub) else { return Int(value) }
    let shift = 63 - value.leadingZeroBitCount - subBits
    return (shift << subBits) + Int(truncatingIfNeeded: value >> UInt64(shift))
  }

  static func upperEnd(of bucket: Int) -> UInt64 {
    guard bucket >= 2 * sub else { return UInt64(bucket) }
    let shift = (bucket >> subBits) - 1
    let mantissa = UInt64(bucket - (shift << subBits))
    // The shifted-out ones of the last bucket of all would overflow the addition.
    return mantissa << UInt64(shift) | ((1 << UInt64(shift)) - 1)
  }
}
