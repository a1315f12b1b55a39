/// One setting of a scenario file: its name, what it means, and how its value is read.
struct ScenarioKey: Sendable {
  let name: String
  let meaning: String
  /// Nil when the value is not one of this key.
  let set: @Sendable (inout Scenario, String) -> Void?

  static let all: [ScenarioKey] = [
    integer("readers", \.readers, 0...100_000, "readers in all; they take the transcripts in turn"),
    integer("writers", \.writers, 1...20_000, "transcripts, each with a writer"),
    choice("transport", \.transport, "sse or ws"),
    choice("view", \.view, "raw (every byte is compared) or events (text and ids are)"),
    choice("over", \.over, "tcp or unix"),
    choice("source", \.source, "file, or post: each line to /publish/SESSION, and ids are not checked"),
    number("rate", \.rate, 0...1_000_000, "lines per second to each transcript; 0: as the disk takes them"),
    ScenarioKey(
      name: "size", meaning: "bytes of a line with its LF: 300, or 200..4000 for random ones"
    ) { scenario, text in
      guard let sizes = range(text) else { return nil }
      scenario.sizes = sizes
    },
    integer("lines_per_write", \.linesPerWrite, 1...10_000, "lines that one write appends"),
    number("seconds", \.seconds, 0...3600, "time of writing, when lines is 0"),
    integer("lines", \.lines, 0...100_000_000, "lines to each transcript while writing; 0: rate × seconds"),
    integer("preload", \.preload, 1...100_000_000, "lines of each transcript before anyone connects"),
    number("stagger", \.stagger, 0...3600, "seconds of writing over which readers arrive; 0: all before"),
    share("stalled", \.stalled, "readers that do not read while lines are written: 10 or 5%"),
    ScenarioKey(
      name: "stalled_return", meaning: "yes: the stalled read at the end and must have missed nothing"
    ) { scenario, text in
      guard text == "yes" || text == "no" else { return nil }
      scenario.stalledReturn = text == "yes"
    },
    share("slow", \.slow, "readers that read slow_rate while lines are written"),
    integer("slow_rate", \.slowRate, 100...1_000_000_000, "bytes per second of a slow reader"),
    share("reconnecting", \.reconnecting, "readers that drop at random and resume with Last-Event-ID"),
    number("reconnect_every", \.reconnectEvery, 0.05...3600, "mean seconds between two drops of one"),
    integer("receive_buffer", \.receiveBuffer, 0...(64 << 20), "SO_RCVBUF of slow and stalled; 0: system's"),
    number("idle", \.idle, 0...3600, "seconds for which all are connected and nobody writes"),
    number("drain", \.drain, 0.1...3600, "seconds to reach the end after the last line"),
    number("latest", \.latest, 0...3600, "seconds that a live line may take to a steady reader; 0: any"),
    number("join_within", \.joinWithin, 0.1...3600, "seconds to connect and catch up before the writing"),
    integer("connecting", \.connecting, 1...4096, "connections opened at the same time"),
    number("kill_every", \.killEvery, 0...3600, "seconds between two SIGKILLs of the server; 0: none"),
    integer("loops", \.loops, 1...64, "--loops of a server that is started"),
    ScenarioKey(name: "seed", meaning: "of everything random; 0: a new one, which is printed") {
      scenario, text in
      guard let seed = UInt64(text) else { return nil }
      scenario.seed = seed
    },
  ]

  private static func integer(
    _ name: String, _ path: any WritableKeyPath<Scenario, Int> & Sendable, _ range: ClosedRange<Int>,
    _ meaning: String
  ) -> ScenarioKey {
    ScenarioKey(name: name, meaning: meaning) { scenario, text in
      guard let value = Int(text), range.contains(value) else { return nil }
      scenario[keyPath: path] = value
    }
  }

  private static func number(
    _ name: String, _ path: any WritableKeyPath<Scenario, Double> & Sendable, _ range: ClosedRange<Double>,
    _ meaning: String
  ) -> ScenarioKey {
    ScenarioKey(name: name, meaning: meaning) { scenario, text in
      guard let value = Double(text), range.contains(value) else { return nil }
      scenario[keyPath: path] = value
    }
  }

  private static func choice<Value: RawRepresentable<String> & Sendable>(
    _ name: String, _ path: any WritableKeyPath<Scenario, Value> & Sendable, _ meaning: String
  ) -> ScenarioKey {
    ScenarioKey(name: name, meaning: meaning) { scenario, text in
      guard let value = Value(rawValue: text) else { return nil }
      scenario[keyPath: path] = value
    }
  }

  private static func share(
    _ name: String, _ path: any WritableKeyPath<Scenario, Share> & Sendable, _ meaning: String
  ) -> ScenarioKey {
    ScenarioKey(name: name, meaning: meaning) { scenario, text in
      if text.hasSuffix("%"), let percent = Double(text.dropLast()), 0...100 ~= percent {
        scenario[keyPath: path] = .percent(percent)
      } else if let count = Int(text), count >= 0 {
        scenario[keyPath: path] = .count(count)
      } else {
        return nil
      }
    }
  }

  private static func range(_ text: String) -> ClosedRange<Int>? {
    let ends = text.split(separator: ".", omittingEmptySubsequences: true).map { Int($0) }
    guard let first = ends.first, let low = first, let last = ends.last, let high = last,
      ends.count <= 2, low <= high, low >= LinePattern.shortest, high <= LinePattern.longest
    else { return nil }
    return low...high
  }
}
