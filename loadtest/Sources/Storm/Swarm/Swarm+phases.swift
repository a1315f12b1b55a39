import Reactor

/// How far a swarm is.
struct SwarmProgress: Sendable {
  /// Readers that have everything there is, or are not expected to read now.
  var complete = 0
  /// Readers that a violation ended.
  var broken = 0
  /// All readers.
  var readers = 0

  /// Whether there is nothing to wait for.
  var isDone: Bool { complete + broken == readers }
}

extension Swarm {
  /// Lets all readers connect.
  func join() {
    for index in readers.indices { enqueue(index) }
    openQueued()
  }

  /// Lets the readers arrive evenly over `seconds` from now.
  func arrive(over seconds: Double) {
    arrivals = Arrivals(startedAt: Clock.monotonic(), nanoseconds: UInt64(seconds * 1e9))
  }

  /// From now on everyone reads and nobody drops.
  func release() {
    misbehaving = false
    for index in readers.indices where readers[index].isOpen && readers[index].registration == nil {
      if readers[index].kind == .stalled, !scenario.stalledReturn { continue }
      do throws(SystemError) {
        readers[index].registration = try loop.register(
          readers[index].fd, .readable, sink: self, tag: UInt64(index))
      } catch {
        fail(index, .protocol, error.description)
      }
    }
  }

  /// How many readers are complete, now.
  func progress() -> SwarmProgress {
    var progress = SwarmProgress(readers: readers.count)
    for reader in readers {
      if reader.phase == .broken {
        progress.broken += 1
      } else if isComplete(reader) {
        progress.complete += 1
      }
    }
    return progress
  }

  private func isComplete(_ reader: Reader) -> Bool {
    if reader.kind == .stalled, misbehaving || !scenario.stalledReturn { return reader.phase == .head }
    if reader.kind == .slow, misbehaving { return reader.greeted }
    return reader.greeted && reader.line == topics[reader.topic].transcript.count
  }

  /// Says of every reader that is not complete how far it came.
  func reportUnfinished() {
    for index in readers.indices where readers[index].phase != .broken && !isComplete(readers[index]) {
      let count = topics[readers[index].topic].transcript.count
      let phase = readers[index].phase
      fail(index, .unfinished, "has \(readers[index].line) of \(count) lines, is \(phase)")
    }
  }

  /// Whether a connection may be lost without fault.
  func allowLosses(_ allowed: Bool) { lossesAllowed = allowed }

  /// The server listens elsewhere now.
  func move(to address: ServerAddress) { self.address = address }
}
