/// Transcripts whose head and tail are to be read, each once, in the order in which they were asked for.
struct SurveyQueue {
  private var order: [String] = []
  private var waiting: Set<String> = []
  private var at = 0

  var isEmpty: Bool { waiting.isEmpty }
  var count: Int { waiting.count }

  mutating func add(_ path: String) {
    if waiting.insert(path).inserted { order.append(path) }
  }

  mutating func next() -> String? {
    guard at < order.count else {
      order.removeAll()
      at = 0
      return nil
    }
    defer { at += 1 }
    waiting.remove(order[at])
    return order[at]
  }
}
