import Glibc

/// The seed of a random test, printed so that a failure can be had again with `TAILCAST_SEED`.
func testSeed(_ test: String = #function) -> UInt64 {
  let wanted = getenv("TAILCAST_SEED").flatMap { UInt64(String(cString: $0)) }
  let seed = wanted ?? UInt64.random(in: .min ... .max)
  print("\(test): TAILCAST_SEED=\(seed)")
  return seed
}

/// SplitMix64: the same numbers for the same seed on every machine.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }

  /// A number of a range.
  mutating func upTo(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  /// True once in so many times.
  mutating func oneIn(_ count: Int) -> Bool { upTo(1...count) == 1 }
}
