import Wire

/// Adds up the tokens of a turn's model calls under the agent's own names. A value inside a dialect.
struct TokenSum: Sendable {
  private let names: [String]
  private var totals: [Int64?]
  /// The calls at hand: agents write the usage of a call again and again, and only the last one counts.
  private var open: [(call: UInt64, values: [Int64?])] = []
  /// Calls that may still be written of again: a message is rarely interrupted by more.
  private static let openCalls = 8

  /// - Parameter names: the members of a usage object that are counted.
  init(_ names: [String]) {
    self.names = names
    totals = Array(repeating: nil, count: names.count)
  }

  /// A turn begins.
  mutating func reset() {
    totals = Array(repeating: nil, count: names.count)
    open = []
  }

  /// A usage object of one model call.
  mutating func add(_ usage: JSONSlice, call: UInt64) {
    let values = names.map { usage[$0]?.int }
    open.removeAll { $0.call == call }
    open.append((call, values))
    if open.count > Self.openCalls { close(open.removeFirst().values) }
  }

  /// The sum as a JSON object and a fresh start; nil when no call said anything.
  mutating func take() -> JSONSlice? {
    for call in open { close(call.values) }
    defer { reset() }
    guard totals.contains(where: { $0 != nil }) else { return nil }
    var writer = JSONWriter()
    writer.object { writer in
      for (name, total) in zip(names, totals) {
        guard let total else { continue }
        writer.key(name)
        writer.value(total)
      }
    }
    return JSONSlice(writer.take())
  }

  private mutating func close(_ values: [Int64?]) {
    for (index, value) in values.enumerated() {
      guard let value else { continue }
      totals[index] = (totals[index] ?? 0).addingReportingOverflow(value).partialValue
    }
  }
}
