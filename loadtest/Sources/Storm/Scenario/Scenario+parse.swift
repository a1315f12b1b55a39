/// Why a scenario cannot be run, in words for its author.
public struct ScenarioFault: Error, Equatable, CustomStringConvertible {
  /// Where and what.
  public var description: String
}

extension Scenario {
  /// Reads a scenario's text: a `key value` pair a line, `#` starts a comment; `overrides` are `key=value`
  /// pairs that win over it.
  public init(text: String, name: String, overrides: [String] = []) throws(ScenarioFault) {
    self.init()
    self.name = name
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
      guard !words.isEmpty else { continue }
      guard words.count == 2 else {
        throw ScenarioFault(description: "\(name), line \(index + 1): expected a key and a value")
      }
      try set(String(words[0]), String(words[1]), where: "\(name), line \(index + 1)")
    }
    for override in overrides {
      let parts = override.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else {
        throw ScenarioFault(description: "--set \(override): expected key=value")
      }
      try set(String(parts[0]), String(parts[1]), where: "--set")
    }
    try check()
  }

  private mutating func set(_ name: String, _ value: String, where place: String) throws(ScenarioFault) {
    guard let key = ScenarioKey.all.first(where: { $0.name == name }) else {
      throw ScenarioFault(description: "\(place): no setting is named \(name); see --keys")
    }
    guard key.set(&self, value) != nil else {
      throw ScenarioFault(description: "\(place): \(value) is no value of \(name) (\(key.meaning))")
    }
  }

  /// Holds the whole within bounds: each key alone may be fine and the product not.
  private func check() throws(ScenarioFault) {
    if rate == 0, lines == 0, seconds > 0 {
      throw ScenarioFault(description: "\(name): rate 0 needs lines (or seconds 0: nothing is written)")
    }
    if source == .post, transport != .sse || view != .raw || reconnecting.of(readers) > 0 {
      throw ScenarioFault(
        description: "\(name): source post needs transport sse, view raw and nobody reconnecting")
    }
    let bytes = Double(capacity) * Double(sizes.upperBound) * Double(writers)
    if bytes > Self.byteLimit {
      throw ScenarioFault(
        description: "\(name): \(Int(bytes)) bytes of transcripts are over the limit of 16 GiB")
    }
    if stalled.of(readers) + slow.of(readers) + reconnecting.of(readers) > readers {
      throw ScenarioFault(description: "\(name): more stalled, slow and reconnecting readers than readers")
    }
  }

  private static let byteLimit = Double(16 << 30)
}
