import Tail
import Wire

extension Shard {
  /// Sends the page of a reader that is served from the file, asks for the next one, or joins the log where the file
  /// has met it; true if it sent or queued something.
  func advance(_ subscription: Subscription, _ replay: Subscription.Replay) -> Bool {
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
      reset(subscription, requested: replay.requested, reason, to: subscription.cursor(0))
      return true
    }
    if replay.epoch != subscription.log.facts?.epoch, !replay.isAsked, !goOn(subscription, &replay) {
      return true
    }
    if replay.epoch == subscription.log.facts?.epoch, !subscription.owesOpening, replay.part == nil,
      !replay.isResume, let bytes = subscription.log.log, let position = bytes.position(after: replay.offset)
    {
      subscription.state = .live
      subscription.log.join(subscription, at: position)
      Socket.boundUnsent(connection.descriptor, true)
      return true
    }
    guard !replay.isAsked else { return false }
    replay.isAsked = true
    subscription.state = .replaying(replay)
    ask(subscription, replay)
    return false
  }

  /// At the end of a file of a chain a replay goes on with the next one. False if its file is none of the chain: the
  /// reader then starts over.
  private func goOn(_ subscription: Subscription, _ replay: inout Subscription.Replay) -> Bool {
    guard let facts = subscription.log.facts else { return true }
    guard facts.file(replay.epoch) != nil else {
      let cursor = Cursor(epoch: replay.epoch, offset: replay.offset, part: replay.part)
      reset(subscription, requested: cursor, .replaced)
      return false
    }
    while replay.part == nil, !replay.isResume, let file = facts.file(replay.epoch),
      replay.offset >= file.head, let next = facts.file(after: replay.epoch)?.epoch
    {
      replay.epoch = next
      replay.offset = 0
    }
    subscription.state = .replaying(replay)
    return true
  }

  /// Sends a page, or what is left of it.
  func send(_ page: Page, of subscription: Subscription, _ replay: inout Subscription.Replay) -> Bool {
    let connection = subscription.connection
    if connection.multiplexer != nil {
      enqueue(page.bytes, from: subscription)
      replay.sent = page.bytes.count
      subscription.state = .replaying(replay)
      subscription.isStepOpen = page.isStepOpen
      return true
    }
    // Whatever else the connection has to say waits for the end of the page: a frame may have been cut.
    connection.middle = subscription
    while replay.sent < page.bytes.count {
      let from = replay.sent
      let result = page.bytes.withUnsafeBytes { buffer in
        Socket.send(connection.descriptor, UnsafeRawBufferPointer(rebasing: buffer[from...]))
      }
      guard account(result, connection) else {
        subscription.state = .replaying(replay)
        return false
      }
      replay.sent += result
    }
    subscription.state = .replaying(replay)
    connection.middle = nil
    subscription.isStepOpen = page.isStepOpen
    return true
  }

  private func ask(_ subscription: Subscription, _ replay: Subscription.Replay) {
    guard let facts = subscription.log.facts?.file(replay.epoch) else { return }
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
          if let cursor, subscription.log.facts?.file(cursor.epoch) == nil {
            self.reset(subscription, requested: cursor, .replaced)
          } else {
            self.nudge(request.facts)
          }
        }
      }
      self.pump(subscription.connection)
    }
  }
}
