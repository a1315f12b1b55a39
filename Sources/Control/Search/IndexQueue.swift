/// Which sessions wait to be indexed: those that just changed first, then from the newest to the oldest. A value.
struct IndexQueue {
  private var order: [String] = []
  private var waiting: Set<String> = []

  /// True when nothing waits.
  var isEmpty: Bool { waiting.isEmpty }
  /// How many wait.
  var count: Int { waiting.count }

  /// True when this session waits.
  func contains(_ id: String) -> Bool { waiting.contains(id) }

  /// Puts a session in front of all others.
  mutating func push(_ id: String) {
    waiting.insert(id)
    order.append(id)
  }

  /// The next session.
  mutating func pop() -> String? {
    // A session that was pushed twice stands in the order twice and is taken once.
    while let id = order.popLast() {
      if waiting.remove(id) != nil { return id }
    }
    return nil
  }
}
