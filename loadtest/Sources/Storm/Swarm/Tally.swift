/// What a swarm counted. Times are nanoseconds.
public struct Tally: Sendable {
  /// Records that were received and checked.
  public var deliveries: UInt64 = 0
  /// Of these, records found equal to a frame that had been checked before; the others were taken apart.
  public var compared: UInt64 = 0
  /// Bytes received.
  public var bytes: UInt64 = 0
  /// Reads from sockets that returned bytes.
  public var reads: UInt64 = 0
  /// Connections that were opened, resumptions included.
  public var connections = 0
  /// Connections that readers dropped on purpose.
  public var drops = 0
  /// Connections that ended because the server was killed, or because it closed one that did not read.
  public var losses = 0
  /// `reset` events.
  public var resets = 0
  /// `lagged` events.
  public var lagged = 0
  /// `bye` events and close frames.
  public var byes = 0
  /// Heartbeats and pings.
  public var heartbeats: UInt64 = 0
  /// Violations of each kind.
  public var violations: [Violation.Kind: Int] = [:]
  /// The first violations.
  public var firstViolations: [Violation] = []
  /// From append to receipt, of lines that were appended after their reader had connected.
  public var latency = Histogram()
  /// From `connect` to `hello`.
  public var greeting = Histogram()
  /// When the newest record came, on the monotonic clock.
  public var lastDelivery: UInt64 = 0

  /// How many violations are kept in words.
  static let violationsKept = 20

  /// Whether nothing was wrong.
  public var isClean: Bool { violations.isEmpty }

  mutating func add(_ violation: Violation) {
    violations[violation.kind, default: 0] += 1
    if firstViolations.count < Self.violationsKept { firstViolations.append(violation) }
  }
}
