import Reactor
import Tail
import Wire

extension Shard {
  /// Sends every changed log to its readers, each with one `send` of all it lacks. After a slice of sends the loop
  /// looks at its other events; what is appended meanwhile leaves in the same sends.
  func flush() {
    guard !dirty.isEmpty else { return }
    var budget = context.limits.flushSlice
    while let log = dirty.first, budget > 0 {
      guard flush(log, &budget) else { break }
      // What came while the flush was interrupted is news to those it had visited before.
      if let head = log.log?.head, head != log.flushHead { continue }
      log.isDirty = false
      log.flushIndex = 0
      dirty.removeFirst()
    }
    if !dirty.isEmpty { loop.again() }
  }

  /// True when every reader was visited.
  private func flush(_ log: TopicLog, _ budget: inout Int) -> Bool {
    guard let bytes = log.log else { return true }
    let head = bytes.head
    if log.flushIndex == 0 { log.flushHead = head }
    var slow: [Subscription] = []
    var sent: UInt64 = 0
    var index = log.flushIndex
    log.readers.withUnsafeMutableBufferPointer { readers in
      while index < readers.count, budget > 0 {
        let position = readers[index].position
        if position < head {
          if readers[index].isDirect {
            let result = bytes.withBytes(from: position) { Socket.send(readers[index].descriptor, $0) }
            budget -= 1
            if result > 0 {
              readers[index].position = position + UInt64(result)
              sent += UInt64(result)
            }
            if result != Int(head - position) {
              readers[index].isDirect = false
              slow.append(readers[index].subscription.takeUnretainedValue())
            }
          } else {
            slow.append(readers[index].subscription.takeUnretainedValue())
          }
        } else if !readers[index].isDirect {
          slow.append(readers[index].subscription.takeUnretainedValue())
        }
        index += 1
      }
    }
    statistics.sends += UInt64(context.limits.flushSlice - budget)
    statistics.bytesOut += sent
    log.lastFlush = loop.now
    let isDone = index >= log.readers.count
    if isDone, let since = log.pendingSince {
      statistics.note(
        latencyUS: UInt64((Instant.current() - since).wholeNanoseconds / 1000), count: log.readers.count)
      log.pendingSince = nil
    }
    log.flushIndex = isDone ? 0 : index
    for subscription in slow { catchUp(subscription) }
    return isDone
  }

  /// A reader that could not be sent everything at once.
  private func catchUp(_ subscription: Subscription) {
    let connection = subscription.connection
    guard connections[connection.id] === connection, !connection.isBlocked else { return }
    if connection.middle == nil, let index = subscription.readerIndex,
      subscription.log.isInsideFrame(subscription.log.readers[index].position)
    {
      connection.middle = subscription
    }
    pump(connection)
  }
}
