import Glibc
import Reactor
import Tail
import Wire

extension Shard {
  /// Sends what a connection has, until the socket is full or nothing is left. Control bytes come first, then each
  /// subscription; a frame that was begun is finished before anything else.
  func pump(_ connection: Connection) {
    guard !connection.isBlocked, connections[connection.id] === connection else { return }
    if let middle = connection.middle {
      guard finishFrame(of: middle) else { return settle(connection) }
    }
    while true {
      guard drain(connection) else { return settle(connection) }
      var wentOn = false
      for subscription in connection.subscriptions {
        if advance(subscription) { wentOn = true }
        guard connections[connection.id] === connection else { return }
        if connection.isBlocked { return settle(connection) }
      }
      if advanceFeed(connection) { wentOn = true }
      if !wentOn, connection.outbox.isEmpty { break }
    }
    settle(connection)
  }

  /// Sends the outbox; false when the socket took less.
  private func drain(_ connection: Connection) -> Bool {
    while !connection.outbox.isEmpty {
      let result = connection.outbox.send(to: connection.descriptor)
      guard account(result, connection) else { return false }
      if !connection.outbox.isEmpty, connection.isBlocked { return false }
    }
    if connection.closesWhenSent {
      close(connection, "done")
      return false
    }
    return true
  }

  /// Notes what a send said; false when nothing more can be sent now.
  func account(_ result: Int, _ connection: Connection) -> Bool {
    if result > 0 {
      statistics.bytesOut += UInt64(result)
      connection.lastSent = loop.now
      return true
    }
    if Socket.wouldBlock(result) {
      block(connection)
      return false
    }
    close(connection, "reset_by_peer")
    return false
  }

  func block(_ connection: Connection) {
    guard !connection.isBlocked else { return }
    connection.isBlocked = true
    connection.blockedSince = loop.now
    let stalled = loop.now + context.limits.stallTimeout
    if connection.timer != nil, connection.timerDue > stalled {
      arm(connection, after: context.limits.stallTimeout)
    }
  }

  /// After a pump: who may be sent to directly, and what epoll is asked.
  private func settle(_ connection: Connection) {
    guard connections[connection.id] === connection else { return }
    let isDirect =
      !connection.isBlocked && connection.outbox.isEmpty && connection.middle == nil
      && connection.multiplexer == nil
    for subscription in connection.subscriptions {
      guard let index = subscription.readerIndex else { continue }
      subscription.log.readers[index].isDirect =
        isDirect && !subscription.owesCaughtUp && !subscription.untilTurn
    }
    setInterest(connection)
  }

  /// Moves one subscription on; true if it sent or queued something.
  private func advance(_ subscription: Subscription) -> Bool {
    switch subscription.state {
    case .opening, .locating, .awaitingContent, .ended: return false
    case .live: return advanceLive(subscription)
    case .replaying(let replay): return advance(subscription, replay)
    }
  }

  /// Goes on with what was cut; false when the socket is full or gone.
  private func finishFrame(of subscription: Subscription) -> Bool {
    guard case .replaying(var replay) = subscription.state else { return continueLive(subscription) }
    guard let page = replay.page else {
      subscription.connection.middle = nil
      return true
    }
    return send(page, of: subscription, &replay)
  }

  // MARK: live

  private func advanceLive(_ subscription: Subscription) -> Bool {
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
  private func continueLive(_ subscription: Subscription) -> Bool {
    guard let index = subscription.readerIndex, let bytes = subscription.log.log else {
      subscription.connection.middle = nil
      return true
    }
    let connection = subscription.connection
    let position = subscription.log.readers[index].position
    guard position < bytes.head else {
      connection.middle = nil
      return true
    }
    let result = bytes.withBytes(from: position) { Socket.send(connection.descriptor, $0) }
    statistics.sends += 1
    guard account(result, connection) else { return false }
    let now = position + UInt64(result)
    subscription.log.readers[index].position = now
    guard now < bytes.head else {
      connection.middle = nil
      return true
    }
    connection.middle = subscription.log.isInsideFrame(now) ? subscription : nil
    block(connection)
    return false
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
    let view = subscription.log.key.variant.view
    if view != .ui { say(ControlFrames.caughtUp(cursor), subscription, at: cursor) }
    guard view != .raw else { return }
    let (session, id) = (subscription.log.key.session, subscription.connection.id)
    Task {
      guard let entry = await self.context.engine.entry(session), self.connections[id] != nil else { return }
      if case .live = subscription.state {
        self.say(ControlFrames.status(entry, view: view), subscription, at: nil)
        self.pump(subscription.connection)
      }
    }
  }

  // MARK: replay

  private func advance(_ subscription: Subscription, _ replay: Subscription.Replay) -> Bool {
    var replay = replay
    let connection = subscription.connection
    if let page = replay.page, replay.sent < page.bytes.count {
      return send(page, of: subscription, &replay)
    }
    if let page = replay.page {
      statistics.pages += 1
      replay.offset = page.end
      replay.part = nil
      replay.isResume = false
      replay.page = nil
      replay.sent = 0
      subscription.state = .replaying(replay)
      if page.endsTurn {
        endTurn(subscription)
        return true
      }
    }
    guard connection.outbox.count < context.limits.pageBytes else { return false }
    if let reason = replay.newContent {
      guard !replay.isAsked else { return false }
      reset(subscription, requested: replay.requested, reason)
      return true
    }
    if !subscription.owesOpening, replay.part == nil, !replay.isResume, let bytes = subscription.log.log,
      let position = bytes.position(after: replay.offset)
    {
      subscription.state = .live
      subscription.log.join(subscription, at: position, isDirect: false)
      return true
    }
    guard !replay.isAsked else { return false }
    replay.isAsked = true
    subscription.state = .replaying(replay)
    ask(subscription, replay)
    return false
  }

  private func send(_ page: Page, of subscription: Subscription, _ replay: inout Subscription.Replay) -> Bool
  {
    let connection = subscription.connection
    if connection.multiplexer != nil {
      enqueue(page.bytes, from: subscription)
      replay.sent = page.bytes.count
      subscription.state = .replaying(replay)
      return true
    }
    let from = replay.sent
    let result = page.bytes.withUnsafeBytes { buffer in
      Socket.send(connection.descriptor, UnsafeRawBufferPointer(rebasing: buffer[from...]))
    }
    // Whatever else the connection has to say waits for the end of the page: a frame may have been cut.
    connection.middle = subscription
    guard account(result, connection) else { return false }
    replay.sent += result
    subscription.state = .replaying(replay)
    if replay.sent < page.bytes.count {
      block(connection)
      return false
    }
    connection.middle = nil
    return true
  }

  private func ask(_ subscription: Subscription, _ replay: Subscription.Replay) {
    guard let facts = subscription.log.facts else { return }
    let request = PageRequest(
      facts: facts, variant: subscription.log.key.variant, offset: replay.offset, part: replay.part,
      opening: subscription.owesOpening ? subscription.messageID : nil, untilTurn: subscription.untilTurn,
      repeatsLast: replay.isResume)
    let id = subscription.connection.id
    Task {
      let result = await self.context.archive.page(request)
      guard self.connections[id] != nil, case .replaying(var replay) = subscription.state else { return }
      replay.isAsked = false
      switch result {
      case .success(let page) where replay.newContent == nil:
        replay.page = page
        subscription.owesOpening = false
        subscription.state = .replaying(replay)
      case .success:
        // The content was replaced while its page was read: the page is of neither content for sure.
        replay.requested = request.facts.epoch.map { Cursor(epoch: $0, offset: request.offset) }
        subscription.state = .replaying(replay)
      case .failure(.unreadable(let why)):
        self.context.log("\(request.facts.session): \(why)")
        self.sayBye(subscription.connection, "unreadable")
        return
      case .failure:
        if replay.newContent != nil {
          subscription.state = .replaying(replay)
        } else {
          let cursor = request.facts.epoch.map {
            Cursor(epoch: $0, offset: request.offset, part: request.part)
          }
          subscription.state = .awaitingContent(requested: cursor)
          // A restart that was appended before this answer will not come again.
          if subscription.log.facts?.epoch != request.facts.epoch, let cursor {
            self.reset(subscription, requested: cursor, .replaced)
          } else {
            self.nudge(request.facts.session)
          }
        }
      }
      self.pump(subscription.connection)
    }
  }

  /// `until=turn`: the turn is over, and so is the stream.
  private func endTurn(_ subscription: Subscription) {
    let connection = subscription.connection
    if subscription.log.key.variant.view == .ui {
      var encoder = ViewEncoder(
        view: .ui, include: subscription.log.key.variant.include, sessionID: subscription.log.key.session)
      for frame in encoder.finish(.stop) { say(frame, subscription, at: nil) }
    }
    subscription.log.leave(subscription)
    subscription.state = .ended
    finish(connection)
  }

  /// Ends the body of a stream; the connection closes when all is sent.
  func finish(_ connection: Connection) {
    if connection.transport == .sseChunked, case .streaming = connection.phase {
      connection.outbox.append(HTTPChunk.terminal)
    }
    connection.closesWhenSent = true
  }
}
