/// The newest `capacity` fingerprints that were inserted. A value inside a dialect.
struct RecentSet: Sendable {
  private let capacity: Int
  private var members: Set<UInt64> = []
  /// In order of insertion; once full, `oldest` is the place that is written next.
  private var ring: [UInt64] = []
  private var oldest = 0

  init(capacity: Int) {
    self.capacity = capacity
  }

  func contains(_ value: UInt64) -> Bool { members.contains(value) }

  /// True when `value` was not yet a member.
  @discardableResult
  mutating func insert(_ value: UInt64) -> Bool {
    guard members.insert(value).inserted else { return false }
    if ring.count < capacity {
      ring.append(value)
    } else {
      members.remove(ring[oldest])
      ring[oldest] = value
      oldest = (oldest + 1) % capacity
    }
    return true
  }
}
