import Tail
import Wire

/// Which damage was told, so that what a watcher and the search index both find is told once. A value inside the feed.
struct DamageLedger {
  private struct Place: Hashable {
    var session: String
    var epoch: Epoch
    var start: UInt64
  }

  private let capacity: Int
  private var told: Set<Place> = []
  /// In order; once full, `oldest` is the place that is written next.
  private var order: [Place] = []
  private var oldest = 0

  init(capacity: Int = 1_024) { self.capacity = capacity }

  /// True the first time, as long as it is among the newest that were told.
  mutating func take(_ session: String, _ epoch: Epoch, _ damage: Damage) -> Bool {
    let place = Place(session: session, epoch: epoch, start: damage.start)
    guard told.insert(place).inserted else { return false }
    if order.count < capacity {
      order.append(place)
    } else {
      told.remove(order[oldest])
      order[oldest] = place
      oldest = (oldest + 1) % capacity
    }
    return true
  }
}
