/// What one loop has done, for `/metrics`. Counters only rise.
public struct ShardStatistics: Sendable {
  /// Connections open now.
  public var connections = 0
  /// Of them: streams of server-sent events.
  public var sseStreams = 0
  /// Of them: WebSockets.
  public var webSockets = 0
  /// Processes that show terminals to viewers.
  public var terminals = 0
  /// Subscriptions to transcripts.
  public var subscriptions = 0
  /// Logs kept, and the bytes reserved for them.
  public var logs = 0
  /// Bytes reserved for logs.
  public var logBytes = 0
  /// Connections accepted.
  public var accepted: UInt64 = 0
  /// Requests read.
  public var requests: UInt64 = 0
  /// Bytes sent.
  public var bytesOut: UInt64 = 0
  /// Sends of live bytes.
  public var sends: UInt64 = 0
  /// Pages of history sent.
  public var pages: UInt64 = 0
  /// Resets told.
  public var resets: UInt64 = 0
  /// Readers that fell back to the file.
  public var lagged: UInt64 = 0
  /// Connections closed, by why.
  public var closes: [String: UInt64] = [:]
  /// Append to send: counts for each of `latencyBounds`, and one for all above.
  public var latency = [UInt64](repeating: 0, count: ShardStatistics.latencyBounds.count + 1)
  /// The sum of all latencies in microseconds.
  public var latencySumUS: UInt64 = 0

  /// Upper bounds in microseconds.
  public static let latencyBounds: [UInt64] = [
    100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
  ]

  mutating func note(latencyUS: UInt64, count: Int) {
    let bucket = Self.latencyBounds.firstIndex { latencyUS <= $0 } ?? Self.latencyBounds.count
    latency[bucket] += UInt64(count)
    latencySumUS += latencyUS * UInt64(count)
  }
}
