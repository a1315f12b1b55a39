import Glibc
import Reactor

/// All readers of a run, on one loop: connects them, checks every byte that they receive, and counts.
///
/// Readers lie in one slab; the loop's tag is the reader's number, so that a delivery costs a `recv`, a
/// comparison and an entry in the histogram.
actor Swarm: ReadinessSink, TimerSink {
  static let tick = Duration.milliseconds(10)
  private static let bufferBytes = 256 << 10
  private static let verifiedBytes = 64 << 20

  nonisolated let loop: EventLoop
  let scenario: Scenario
  var address: ServerAddress
  let topics: [Topic]
  let readers: UnsafeMutableBufferPointer<Reader>
  let buffer: UnsafeMutablePointer<UInt8>
  var bufferBytes: Int { Self.bufferBytes }
  var tally = Tally()
  var random: SplitMix

  /// Readers that wait for a connection, from `queueHead` on.
  var queue: [Int] = []
  var queueHead = 0
  /// Connections begun whose answer has not come.
  var opening = 0
  /// Frames that answer the item at hand, sent when its parser has returned.
  var answers: [UInt8] = []
  /// Readers in phase `waiting`.
  var waiting: [Int] = []
  /// Readers of the kinds that the tick must look at.
  let slowReaders: [Int]
  let reconnectingReaders: [Int]
  /// Whether slow readers are slow, stalled ones stalled, reconnecting ones dropping.
  var misbehaving = true
  /// Whether a lost connection is the server's right: it is being killed.
  var lossesAllowed = false
  var arrivals: Arrivals?
  var ticks: UInt64 = 0
  private var ended = false

  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  /// Makes the readers; none connects before `join` or `arrive`.
  init(
    _ scenario: Scenario, transcripts: [Transcript], address: ServerAddress, loop: EventLoop, seed: UInt64
  ) {
    self.loop = loop
    self.scenario = scenario
    self.address = address
    random = SplitMix(seed: seed)
    let frameBytes = max(64 << 10, Self.verifiedBytes / max(1, transcripts.count))
    topics = transcripts.map { Topic($0, frameBytes: frameBytes) }
    buffer = .allocate(capacity: Self.bufferBytes)
    readers = .allocate(capacity: scenario.readers)
    let kinds = Self.kinds(scenario)
    for index in 0..<scenario.readers {
      (readers.baseAddress.unsafelyUnwrapped + index).initialize(
        to: Reader(kind: kinds[index], topic: index % transcripts.count))
    }
    slowReaders = kinds.indices.filter { kinds[$0] == .slow }
    reconnectingReaders = kinds.indices.filter { kinds[$0] == .reconnecting }
  }

  isolated deinit {
    for index in readers.indices { closeDescriptor(index) }
    readers.deinitialize()
    readers.deallocate()
    buffer.deallocate()
  }

  /// Spreads the kinds evenly, so that every topic has its share of each.
  private static func kinds(_ scenario: Scenario) -> [Reader.Kind] {
    var kinds: [Reader.Kind] = Array(repeating: .steady, count: scenario.readers)
    let wanted: [(Reader.Kind, Int)] = [
      (.stalled, scenario.stalled.of(scenario.readers)), (.slow, scenario.slow.of(scenario.readers)),
      (.reconnecting, scenario.reconnecting.of(scenario.readers)),
    ]
    var free = Array(kinds.indices)
    for (kind, count) in wanted where count > 0 {
      let step = Double(free.count) / Double(count)
      let chosen = Set((0..<count).map { free[Int(Double($0) * step)] })
      for index in chosen { kinds[index] = kind }
      free.removeAll { chosen.contains($0) }
    }
    return kinds
  }

  /// Starts the tick; once.
  func start() {
    loop.schedule(after: Self.tick, sink: self, tag: 0)
  }

  /// Closes every connection and stops the tick.
  func end() {
    ended = true
    for index in readers.indices {
      closeDescriptor(index)
      readers[index].phase = .closed
    }
  }

  nonisolated func timerFired(_ tag: UInt64) {
    assumeIsolated { swarm in
      guard !swarm.ended else { return }
      swarm.ticked()
      swarm.loop.schedule(after: Self.tick, sink: swarm, tag: 0)
    }
  }

  nonisolated func ready(_ tag: UInt64, _ readiness: Readiness) {
    assumeIsolated { swarm in
      let index = Int(tag)
      if swarm.readers[index].phase == .connecting {
        swarm.connected(index)
      } else {
        swarm.receive(index, limit: Self.bufferBytes)
      }
    }
  }

  /// Ends a reader that was shown something wrong.
  func fail(_ index: Int, _ kind: Violation.Kind, _ detail: String) {
    tally.add(
      Violation(
        kind: kind, reader: index, session: topics[readers[index].topic].transcript.session,
        line: readers[index].line, detail: detail))
    readers[index].phase = .broken
  }
}

/// Readers that arrive one by one.
struct Arrivals {
  var startedAt: UInt64
  var nanoseconds: UInt64
  var arrived = 0

  /// How many of `count` have arrived at `now`.
  func due(_ now: UInt64, of count: Int) -> Int {
    guard now - startedAt < nanoseconds else { return count }
    return Int(Double(now - startedAt) / Double(nanoseconds) * Double(count))
  }
}
