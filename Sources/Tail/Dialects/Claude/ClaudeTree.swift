/// Which rows were seen, and which of them a new prompt may follow without being a branch. A value in the dialect.
struct ClaudeTree: Sendable {
  private var seen: RecentSet
  /// The last visible row of the conversation and the bookkeeping rows after it.
  private var leaves: Set<UInt64> = []
  /// More bookkeeping rows than this after one message only make a branch go untold.
  private let leafLimit = 1_024

  init(limits: DecoderLimits) {
    seen = RecentSet(capacity: limits.seenIDs)
  }

  /// False when a row with this id was seen: agents write old rows again after a compaction.
  mutating func insert(_ uuid: String) -> Bool {
    seen.insert(fingerprint(uuid))
  }

  /// Whether a prompt below `parent` leaves the newest row behind.
  func isBranch(parent: String) -> Bool {
    let print = fingerprint(parent)
    return !leaves.isEmpty && !leaves.contains(print) && seen.contains(print)
  }

  /// Notes a row of the main chain; a `visible` one makes the rows before it places to branch from.
  mutating func grow(_ uuid: String, visible: Bool) {
    if visible || leaves.count >= leafLimit { leaves.removeAll(keepingCapacity: true) }
    leaves.insert(fingerprint(uuid))
  }
}
