/// The messages that were shown, by their hashes: what a repeated message is compared with. A value in the dialect.
struct GeminiHeld: Sendable {
  struct Entry: Sendable {
    let id: String
    /// Content by block.
    var prints: [UInt64: UInt64]
    var usage: UInt64?
  }
  private let capacity: Int
  /// In the order of the conversation.
  private(set) var entries: [Entry] = []
  private var positions: [String: Int] = [:]

  init(limits: DecoderLimits) {
    capacity = limits.heldMessages
  }

  func position(of id: String) -> Int? { positions[id] }

  mutating func append(_ entry: Entry) {
    if entries.count >= capacity {
      // A quarter at once, because every drop numbers the rest anew.
      entries.removeFirst(max(1, capacity / 4))
      renumber()
    }
    positions[entry.id] = entries.count
    entries.append(entry)
  }

  mutating func replace(at index: Int, with entry: Entry) {
    entries[index] = entry
  }

  /// Drops the messages from `index` on.
  mutating func cut(from index: Int) {
    for entry in entries[index...] { positions[entry.id] = nil }
    entries.removeSubrange(index...)
  }

  private mutating func renumber() {
    positions.removeAll(keepingCapacity: true)
    for (index, entry) in entries.enumerated() { positions[entry.id] = index }
  }
}
