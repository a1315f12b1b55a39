/// Which deliveries begin now: the oldest pending one of each contract, contracts side by side. A value; the time is
/// a parameter.
struct DeliveryPlan: Sendable {
  /// The oldest pending delivery of a contract. Those behind it wait for it: events arrive in their order.
  struct Head: Sendable, Hashable {
    var seq: Int64
    var contract: String
    /// When it may be tried, milliseconds since 1970.
    var dueMS: Int64
    /// Until when an attempt holds it, milliseconds since 1970; in the past when nobody does.
    var claimedUntilMS: Int64

    /// When it can begin.
    var beginsMS: Int64 { max(dueMS, claimedUntilMS) }
  }

  /// Attempts at once, over all contracts (`hooks.in_flight`).
  var limit: Int
  /// Contracts with an attempt that goes on in this process.
  var inFlight: Set<String> = []

  /// What begins now, and when to look again if nothing else happens before; nil is never.
  func next(_ heads: [Head], nowMS: Int64) -> (begin: [Head], lookAtMS: Int64?) {
    let free = heads.filter { !inFlight.contains($0.contract) }
    let due = free.filter { $0.beginsMS <= nowMS }.sorted { ($0.beginsMS, $0.seq) < ($1.beginsMS, $1.seq) }
    // Those beyond the limit need no time: the end of any attempt makes us look again.
    return (
      Array(due.prefix(max(0, limit - inFlight.count))),
      free.filter { $0.beginsMS > nowMS }.map(\.beginsMS).min()
    )
  }
}
