import Wire

extension Shard {
  /// Sends a live reader what it lacks; true if it sent or queued something.
  func advanceLive(_ subscription: Subscription) -> Bool {
    guard let index = subscription.readerIndex, let bytes = subscription.log.log else { return false }
    let position = subscription.log.readers[index].position
    if position < bytes.head {
      if subscription.connection.multiplexer != nil { return composeLive(subscription, index, bytes) }
      if subscription.untilTurn, let mark = bytes.turnEnd(after: position) {
        bytes.withBytes(from: position, to: mark.position) { enqueue($0, from: subscription) }
        endTurn(subscription)
        return true
      }
      return continueLive(subscription)
    }
    guard subscription.owesCaughtUp else { return false }
    sayCaughtUp(subscription, at: bytes.headOffset)
    return true
  }

  /// Sends from the log to its head; false when the socket is full or gone.
  @discardableResult
  func continueLive(_ subscription: Subscription) -> Bool {
    guard let index = subscription.readerIndex, let bytes = subscription.log.log else {
      subscription.connection.middle = nil
      return true
    }
    let connection = subscription.connection
    var position = subscription.log.readers[index].position
    while position < bytes.head {
      let result = bytes.withBytes(from: position) { Socket.send(connection.descriptor, $0) }
      statistics.sends += 1
      guard account(result, connection) else { return false }
      position += UInt64(result)
      subscription.log.readers[index].position = position
      // A part may have been taken for the moment's limit on unsent bytes alone: only a refusal means full.
      connection.middle = subscription.log.isInsideFrame(position) ? subscription : nil
    }
    connection.middle = nil
    return true
  }

  private func composeLive(_ subscription: Subscription, _ index: Int, _ bytes: ByteLog) -> Bool {
    let connection = subscription.connection
    // Composed frames are copies: no more of them than a page wait for a slow socket.
    guard connection.outbox.count < context.limits.pageBytes else { return false }
    let position = subscription.log.readers[index].position
    bytes.withBytes(from: position) { enqueue($0, from: subscription) }
    subscription.log.readers[index].position = bytes.head
    return true
  }

  private func sayCaughtUp(_ subscription: Subscription, at offset: UInt64) {
    subscription.owesCaughtUp = false
    let cursor = subscription.cursor(offset)
    let (view, include) = (subscription.log.key.variant.view, subscription.log.key.variant.include)
    if view.tellsOfItself { say(ControlFrames.caughtUp(cursor), subscription, at: cursor) }
    guard view != .raw else { return }
    let (session, id) = (subscription.log.key.session, subscription.connection.id)
    Task {
      guard let entry = await self.context.engine.entry(session), self.connections[id] != nil else { return }
      if case .live = subscription.state {
        for frame in ControlFrames.status(entry, view: view, include: include) {
          self.say(frame, subscription, at: nil)
        }
        self.pump(subscription.connection)
      }
    }
  }
}
