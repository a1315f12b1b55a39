import Glibc
import Reactor

/// One run of one scenario: the server, the transcripts, the swarm and the writers, in the order of its phases.
public struct Run: Sendable {
  let scenario: Scenario
  let options: RunOptions
  let seed: UInt64

  /// Why a run could not be made; what a run finds wrong is in its result instead.
  public struct Failure: Error, CustomStringConvertible {
    /// In words.
    public var description: String
  }

  /// A run of `scenario`; a seed of 0 becomes one of the clock.
  public init(_ scenario: Scenario, _ options: RunOptions) {
    self.scenario = scenario
    self.options = options
    seed = scenario.seed == 0 ? Clock.wall() & 0xffff_ffff : scenario.seed
  }

  /// Carries the scenario out.
  public func result() async throws -> RunResult {
    try DescriptorLimit.raise(for: scenario.readers + scenario.writers)
    let server = try ServerUnderTest(options, scenario)
    do {
      var result = try await measure(server)
      if let problem = await server.finish(keep: options.keep || !result.passed) {
        result.problems.append(problem)
      }
      if !result.passed, let directory = await server.directory {
        result.problems.append("the server's folder is kept: \(directory)")
      }
      return result
    } catch {
      _ = await server.finish(keep: true)
      throw error
    }
  }

  private func measure(_ server: ServerUnderTest) async throws -> RunResult {
    var result = RunResult(scenario: scenario, seed: seed)
    let transcripts = try makeTranscripts(server.root)
    let address = await server.address
    let publisher = scenario.source == .post ? try Publisher(address, scenario.over) : nil
    let writers = try Writers(transcripts, publisher)
    defer { writers.end() }
    try await writers.preload(lines: scenario.preload)
    try await waitForSessions(transcripts, server)

    let loop = try EventLoop(name: "swarm", longTurn: .seconds(5)) { _ in }
    loop.start()
    defer { loop.stop() }
    let swarm = Swarm(
      scenario, transcripts: transcripts, address: await server.address, loop: loop, seed: seed)
    await swarm.start()

    let before = await server.sample()
    try await join(swarm, &result)
    let connected = await server.sample()
    let idle = await idleShare(server)
    try await live(swarm, writers, server, &result)
    if !(await wait(for: swarm, seconds: scenario.drain)) { await swarm.reportUnfinished() }
    let after = await server.sample()
    // A repeat behind the last line would come about now.
    try await Task.sleep(for: .milliseconds(300))

    result.tally = await swarm.tally
    if scenario.latest > 0, Double(result.tally.latency.max) > scenario.latest * 1e9 {
      result.problems.append(
        "a line took \(Figure.time(result.tally.latency.max)), longer than `latest` allows")
    }
    result.liveDeliveries = result.tally.deliveries - result.liveDeliveries
    let end = max(result.tally.lastDelivery, result.written.startedAt)
    result.liveSeconds = Double(end - result.written.startedAt) / 1e9
    result.longestTurn = Double(loop.statistics.longestTurn.wholeNanoseconds) / 1e9
    result.clientCPU = ClientCosts.cpu() - result.clientCPU
    if let before, let connected, let after {
      result.server = ServerCosts(
        before: before, connected: connected, after: after,
        liveCPU: after.cpu - (idle?.after.cpu ?? connected.cpu), idleCPU: idle?.share,
        startSeconds: await server.startSeconds)
    }
    await swarm.end()
    return result
  }

  private func makeTranscripts(_ root: String) throws -> [Transcript] {
    var transcripts: [Transcript] = []
    // A name of its own for each run: a server that runs already keeps what it knew of an earlier one.
    let prefix = "storm-\(String(Clock.wall() / 1000, radix: 36))"
    for index in 0..<scenario.writers {
      transcripts.append(
        try Transcript(
          directory: root, session: "\(prefix)-\(index)", sizes: scenario.sizes,
          capacity: scenario.capacity, seed: seed &+ UInt64(index) &* 0x9e37_79b9))
    }
    return transcripts
  }

  /// Waits until the server knows every transcript: a reader that asks earlier is rightly answered 404.
  private func waitForSessions(_ transcripts: [Transcript], _ server: ServerUnderTest) async throws {
    let probe = ServerProbe(address: await server.address, path: scenario.over)
    let deadline = Clock.monotonic() + Self.listedWithin
    for transcript in transcripts {
      var answer: Int?
      while true {
        answer = probe.status("/api/v1/sessions/\(transcript.session)")
        if answer == 200 { break }
        guard answer == 404 || answer == nil, Clock.monotonic() < deadline else {
          throw Failure(
            description: "session \(transcript.session) is not listed: "
              + (answer.map { "status \($0)" } ?? "no answer"))
        }
        try await Task.sleep(for: .milliseconds(10))
      }
    }
  }

  private static let listedWithin: UInt64 = 60_000_000_000

  private func join(_ swarm: Swarm, _ result: inout RunResult) async throws {
    guard scenario.stagger == 0, scenario.readers > 0 else { return }
    let start = Clock.monotonic()
    await swarm.join()
    let joined = await wait(for: swarm, seconds: scenario.joinWithin)
    let tally = await swarm.tally
    result.joinSeconds = Double(max(start, tally.lastDelivery) - start) / 1e9
    result.joinBytes = tally.bytes
    if !joined {
      let progress = await swarm.progress()
      result.problems.append(
        "only \(progress.complete) of \(progress.readers) readers had joined within \(scenario.joinWithin) s")
    }
  }

  private func idleShare(_ server: ServerUnderTest) async -> (share: Double, after: ProcessSample)? {
    guard scenario.idle > 0, let before = await server.sample() else { return nil }
    try? await Task.sleep(for: .seconds(scenario.idle))
    guard let after = await server.sample() else { return nil }
    return ((after.cpu - before.cpu) / scenario.idle, after)
  }

  private func live(
    _ swarm: Swarm, _ writers: Writers, _ server: ServerUnderTest, _ result: inout RunResult
  ) async throws {
    let plan = WritePlan(
      rate: scenario.rate, linesPerWrite: scenario.linesPerWrite, lines: scenario.plannedLines)
    result.liveDeliveries = await swarm.tally.deliveries
    result.clientCPU = ClientCosts.cpu()
    if scenario.stagger > 0 { await swarm.arrive(over: scenario.stagger) }
    async let writing = writers.run(plan)
    async let kills = killing(swarm, server, seconds: writingSeconds)
    result.written = try await writing
    result.kills = try await kills
    if scenario.stagger > 0 { try await waitForArrivals(swarm) }
    await swarm.release()
  }

  private var writingSeconds: Double {
    scenario.rate > 0 ? Double(scenario.plannedLines) / scenario.rate : 0
  }

  private func waitForArrivals(_ swarm: Swarm) async throws {
    while await swarm.arrivals != nil { try await Task.sleep(for: .milliseconds(10)) }
  }

  /// Kills the server every `killEvery` seconds while lines are written; returns how often.
  private func killing(
    _ swarm: Swarm, _ server: ServerUnderTest, seconds: Double
  ) async throws -> Int {
    guard scenario.killEvery > 0, options.executable != nil else { return 0 }
    var kills = 0
    var at = scenario.killEvery
    await swarm.allowLosses(true)
    while at < seconds {
      try await Task.sleep(for: .seconds(scenario.killEvery))
      await swarm.move(to: try await server.killAndRestart())
      kills += 1
      at += scenario.killEvery
    }
    return kills
  }

  /// Waits until every reader has what there is; false when `seconds` were not enough.
  private func wait(for swarm: Swarm, seconds: Double) async -> Bool {
    let deadline = Clock.monotonic() + UInt64(seconds * 1e9)
    while Clock.monotonic() < deadline {
      if await swarm.progress().isDone { return true }
      try? await Task.sleep(for: .milliseconds(10))
    }
    return await swarm.progress().isDone
  }
}
