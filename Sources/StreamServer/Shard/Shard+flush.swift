import Reactor
import Tail
import Wire

extension Shard {
  /// Sends every changed log to its readers, each with one `send` of all it lacks. After a slice of sends the loop
  /// looks at its other events; what is appended meanwhile leaves in the same sends.
  func flush() {
    // One slice a turn: a second one, after the turn's jobs, would keep requests waiting twice as long.
    guard !dirty.isEmpty, flushCut != loop.now else { return }
    var budget = context.limits.flushSlice
    var done = 0
    while done < dirty.count, budget > 0 {
      let log = dirty[done]
      guard flush(log, &budget) else { break }
      // What came while the flush was interrupted is news to those it had visited before.
      if let head = log.log?.head, head != log.flushHead { continue }
      log.isDirty = false
      log.flushIndex = 0
      done += 1
    }
    dirty.removeFirst(done)
    guard !dirty.isEmpty else { return }
    flushCut = loop.now
    loop.again()
  }

  /// True when every reader was visited.
  private func flush(_ log: TopicLog, _ budget: inout Int) -> Bool {
    guard let bytes = log.log else { return true }
    let head = bytes.head
    if log.flushIndex == 0 { log.flushHead = head }
    // References are counted for those alone that were not sent everything: at ten thousand readers the counting would
    // cost as much as all the rest of the loop.
    var late: [(subscription: Subscription, result: Int?)] = []
    var sends: UInt64 = 0
    var sent: UInt64 = 0
    var index = log.flushIndex
    log.readers.withUnsafeMutableBufferPointer { readers in
      while index < readers.count, budget > 0 {
        let position = readers[index].position
        switch readers[index].access {
        case .direct where position < head:
          let result = bytes.withBytes(from: position) { Socket.send(readers[index].descriptor, $0) }
          budget -= 1
          sends += 1
          if result > 0 {
            readers[index].position = position + UInt64(result)
            sent += UInt64(result)
          }
          if result != Int(head - position) {
            late.append((readers[index].subscription.takeUnretainedValue(), result))
          }
        case .pumped:
          budget -= 1
          late.append((readers[index].subscription.takeUnretainedValue(), nil))
        case .direct, .blocked: break
        }
        index += 1
      }
    }
    statistics.sends += sends
    statistics.bytesOut += sent
    log.lastFlush = loop.now
    let isDone = index >= log.readers.count
    if isDone, let since = log.pendingSince {
      statistics.note(
        latencyUS: Instant.current().nanoseconds(since: since) / 1000, count: log.readers.count)
      log.pendingSince = nil
    }
    log.flushIndex = isDone ? 0 : index
    for (subscription, result) in late { catchUp(subscription, result) }
    return isDone
  }

  /// Goes on with a reader that was not sent everything; `result` is what the socket said, if it was asked.
  private func catchUp(_ subscription: Subscription, _ result: Int?) {
    let connection = subscription.connection
    guard connections[connection.id] === connection, !connection.isBlocked else { return }
    guard let result else { return pump(connection) }
    if let index = subscription.readerIndex,
      subscription.log.isInsideFrame(subscription.log.readers[index].position)
    {
      connection.middle = subscription
    }
    if result > 0 { return pump(connection) }
    // Full, or gone: to ask once more would be a call for nothing.
    _ = account(result, connection)
    settle(connection)
  }
}
