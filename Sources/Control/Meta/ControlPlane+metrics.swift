import Reactor
import StreamServer
import Tail

extension ControlPlane {
  /// Everything that is counted.
  func metrics() async -> [Metric] {
    let tail = await sessions.health()
    let shards = await statistics?.statistics() ?? []
    let turns = loops.map { ($0.name, $0.statistics) }
    return Self.streamMetrics(shards) + Self.latency(shards) + Self.tailMetrics(tail)
      + Self.loopMetrics(turns)
      + (await indexMetrics()) + hookMetrics() + ProcessFacts.read().metrics(startedAtMS: rules.startedAtMS)
  }

  private static func streamMetrics(_ shards: [ShardStatistics]) -> [Metric] {
    func sum(_ field: KeyPath<ShardStatistics, Int>) -> Int { shards.reduce(0) { $0 + $1[keyPath: field] } }
    func total(_ field: KeyPath<ShardStatistics, UInt64>) -> UInt64 {
      shards.reduce(0) { $0 &+ $1[keyPath: field] }
    }
    var closes: [String: UInt64] = [:]
    for shard in shards { closes.merge(shard.closes, uniquingKeysWith: &+) }
    let others = sum(\.connections) - sum(\.sseStreams) - sum(\.webSockets)
    return [
      Metric(
        "connections", .gauge, "Connections open now, by transport.",
        [("http", others), ("sse", sum(\.sseStreams)), ("ws", sum(\.webSockets))].map {
          .init(labels: [("transport", $0.0)], value: Double($0.1))
        }),
      Metric("connections_accepted_total", .counter, "Connections accepted.", total(\.accepted)),
      Metric(
        "connections_closed_total", .counter, "Connections closed, by reason.",
        closes.sorted { $0.key < $1.key }.map { .init(labels: [("reason", $0.key)], value: Double($0.value)) }
      ),
      Metric("requests_total", .counter, "Requests read.", total(\.requests)),
      Metric("bytes_out_total", .counter, "Bytes sent.", total(\.bytesOut)),
      Metric("sends_total", .counter, "Sends of live bytes.", total(\.sends)),
      Metric("subscriptions", .gauge, "Subscriptions to transcripts.", sum(\.subscriptions)),
      Metric("mux_terminals", .gauge, "Processes that show terminals to viewers.", sum(\.terminals)),
      Metric("replay_pages_total", .counter, "Pages of history sent.", total(\.pages)),
      Metric("resets_total", .counter, "Resets told to clients.", total(\.resets)),
      Metric("lagged_total", .counter, "Readers that fell back to the file.", total(\.lagged)),
      Metric("logs", .gauge, "Live logs kept in memory.", sum(\.logs)),
      Metric("log_bytes", .gauge, "Bytes reserved for live logs.", sum(\.logBytes)),
    ]
  }

  /// Prometheus counts buckets from the lowest up, each with all below it.
  private static func latency(_ shards: [ShardStatistics]) -> [Metric] {
    var counted: UInt64 = 0
    var samples: [Metric.Sample] = []
    for (place, bound) in ShardStatistics.latencyBounds.enumerated() {
      counted += shards.reduce(0) { $0 + $1.latency[place] }
      samples.append(
        .init(suffix: "_bucket", labels: [("le", "\(Double(bound) / 1_000_000)")], value: Double(counted)))
    }
    counted += shards.reduce(0) { $0 + ($1.latency.last ?? 0) }
    let sumUS = shards.reduce(0) { $0 + $1.latencySumUS }
    samples += [
      .init(suffix: "_bucket", labels: [("le", "+Inf")], value: Double(counted)),
      .init(suffix: "_sum", value: Double(sumUS) / 1_000_000),
      .init(suffix: "_count", value: Double(counted)),
    ]
    return [Metric("append_to_send_seconds", .histogram, "From an appended line to its send.", samples)]
  }

  private static func tailMetrics(_ tail: TailHealth) -> [Metric] {
    [
      Metric(
        "tail_mode", .gauge, "1 for the way in which changes are learned.",
        [("inotify", tail.mode == .inotify), ("poll", tail.mode == .poll)].map {
          .init(labels: [("mode", $0.0)], value: $0.1 ? 1 : 0)
        }),
      Metric("tail_watches", .gauge, "inotify watches in use.", tail.watches),
      Metric(
        "tail_watch_limit", .gauge, "The kernel's limit on watches; 0 if it does not say.",
        tail.watchLimit ?? 0),
      Metric("tail_polled_directories", .gauge, "Directories that are polled.", tail.polledDirectories),
      Metric("tail_files", .gauge, "Transcripts known.", tail.files),
      Metric("tail_followed", .gauge, "Transcripts being followed.", tail.followed),
      Metric("tail_lag_bytes", .gauge, "Bytes of followed files that were not read yet.", tail.lagBytes),
      Metric("tail_overflows_total", .counter, "Times the kernel's queue overflowed.", tail.overflows),
      Metric("tail_reconciles_total", .counter, "Times everything was listed again.", tail.reconciles),
    ]
  }

  private static func loopMetrics(_ loops: [(name: String, statistics: LoopStatistics)]) -> [Metric] {
    func each(_ value: (LoopStatistics) -> Double) -> [Metric.Sample] {
      loops.map { .init(labels: [("loop", $0.name)], value: value($0.statistics)) }
    }
    return [
      Metric("loop_turns_total", .counter, "Turns in which something ran.", each { Double($0.turns) }),
      Metric(
        "loop_busy_seconds_total", .counter, "Time in which something ran.",
        each { Double($0.busy.wholeNanoseconds) / 1_000_000_000 }),
      Metric(
        "loop_turn_max_seconds", .gauge, "The longest turn so far.",
        each { Double($0.longestTurn.wholeNanoseconds) / 1_000_000_000 }),
      Metric(
        "loop_long_turns_total", .counter, "Turns that were logged as long.", each { Double($0.longTurns) }),
      Metric("loop_timers", .gauge, "Timers scheduled.", each { Double($0.timers) }),
    ]
  }

  private func hookMetrics() -> [Metric] {
    let counts = hooks.assumeIsolated { $0.counts }
    return [
      Metric(
        "hook_attempts_total", .counter, "Attempts to deliver a webhook, by outcome.",
        [("delivered", counts.delivered), ("retried", counts.retried), ("failed", counts.failed)].map {
          .init(labels: [("outcome", $0.0)], value: Double($0.1))
        }),
      Metric("hook_attempts_in_flight", .gauge, "Attempts that go on now.", counts.inFlight),
    ]
  }

  private func indexMetrics() async -> [Metric] {
    let indexed = await indexer.health()
    let changes = await feed.health
    return [
      Metric("search_files", .gauge, "Transcripts to index.", indexed.files),
      Metric("search_files_done", .gauge, "Transcripts indexed to their end.", indexed.filesDone),
      Metric("feed_pending", .gauge, "Changes that wait to be stored.", changes.pending),
    ]
  }
}
