import Glibc

/// The seed of a random test, printed so that a failure can be had again with `TAILCAST_SEED`.
public func testSeed(_ test: String = #function) -> UInt64 {
  let wanted = getenv("TAILCAST_SEED").flatMap { UInt64(String(cString: $0)) }
  let seed = wanted ?? UInt64.random(in: .min ... .max)
  print("\(test): TAILCAST_SEED=\(seed)")
  return seed
}
