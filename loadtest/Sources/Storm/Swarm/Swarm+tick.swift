extension Swarm {
  /// Every 10 ms: arrivals, retries, connections, slow reads and random drops.
  func ticked() {
    ticks += 1
    let now = Clock.monotonic()
    arrive(now)
    retryDue(now)
    openQueued()
    guard misbehaving else { return }
    if ticks.isMultiple(of: Self.slowTicks) { readSlowly() }
    if ticks.isMultiple(of: Self.dropTicks) { dropSome() }
  }

  /// Slow readers read every 100 ms.
  private static let slowTicks: UInt64 = 10
  /// Drops are drawn every 50 ms.
  private static let dropTicks: UInt64 = 5

  private func arrive(_ now: UInt64) {
    guard var arrivals else { return }
    let due = arrivals.due(now, of: readers.count)
    for index in arrivals.arrived..<due { enqueue(index) }
    arrivals.arrived = due
    self.arrivals = due < readers.count ? arrivals : nil
  }

  private func retryDue(_ now: UInt64) {
    guard !waiting.isEmpty else { return }
    let due = waiting
    waiting.removeAll(keepingCapacity: true)
    for index in due where readers[index].phase == .waiting {
      if readers[index].retryAt <= now { enqueue(index) } else { waiting.append(index) }
    }
  }

  private func readSlowly() {
    let share = max(1, scenario.slowRate * Int(Self.slowTicks) / 100)
    for index in slowReaders {
      let phase = readers[index].phase
      if phase == .head || phase == .streaming { receive(index, limit: share) }
    }
  }

  private func dropSome() {
    let chance = 0.01 * Double(Self.dropTicks) / scenario.reconnectEvery
    for index in reconnectingReaders where random.fraction() < chance {
      switch readers[index].phase {
      case .connecting, .head, .streaming:
        closeDescriptor(index)
        tally.drops += 1
        retry(index, after: 0...200_000_000)
      default: break
      }
    }
  }
}
