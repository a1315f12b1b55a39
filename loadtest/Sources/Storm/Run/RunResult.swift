/// Everything that one run of a scenario found.
public struct RunResult: Sendable {
  /// What was run.
  public var scenario: Scenario
  /// With which seed.
  public var seed: UInt64
  /// What the swarm counted.
  public var tally = Tally()
  /// Deliveries while lines were written, and until all had them.
  public var liveDeliveries: UInt64 = 0
  var written = WriteSummary()
  /// Seconds from the first connection until all were connected and had what there was; 0 for arrivals.
  public var joinSeconds = 0.0
  /// Bytes received by then.
  public var joinBytes: UInt64 = 0
  /// Seconds from the first line written to the last delivery.
  public var liveSeconds = 0.0
  /// The server's costs at the moments of the run; nil when its process is not known.
  public var server: ServerCosts?
  /// Processor seconds of this process while lines were written.
  public var clientCPU = 0.0
  /// The longest turn of the swarm's loop, in seconds.
  public var longestTurn = 0.0
  /// How often the server was killed.
  public var kills = 0
  /// What was wrong beside the readers' violations.
  public var problems: [String] = []

  /// Whether every check held.
  public var passed: Bool { tally.isClean && problems.isEmpty }

  /// Deliveries per second while lines were written.
  public var deliveriesPerSecond: Double { liveSeconds > 0 ? Double(liveDeliveries) / liveSeconds : 0 }

  /// The server's processor seconds per live delivery.
  public var cpuPerDelivery: Double? {
    guard let server, liveDeliveries > 0 else { return nil }
    return server.liveCPU / Double(liveDeliveries)
  }

  /// Bytes of resident memory that each connected, idle reader costs.
  public var bytesPerConnection: Double? {
    guard let server, scenario.readers > 0, scenario.stagger == 0 else { return nil }
    return (Double(server.connected.resident) - Double(server.before.resident)) / Double(scenario.readers)
  }
}

/// What the server's process used.
public struct ServerCosts: Sendable {
  /// Before anyone connected.
  public var before: ProcessSample
  /// When all were connected and had what there was.
  public var connected: ProcessSample
  /// At the end.
  public var after: ProcessSample
  /// Processor seconds from the first line to the last delivery, killed servers included.
  public var liveCPU = 0.0
  /// Processor seconds per second while nobody wrote; nil when the scenario has no such time.
  public var idleCPU: Double?
  /// Seconds from its start until it was ready; nil for a server that ran already.
  public var startSeconds: Double?
}
