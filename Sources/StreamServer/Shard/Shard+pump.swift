import Glibc
import Reactor

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
      if advanceTerminals(connection) { wentOn = true }
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
      if !linger(connection) { close(connection, "done") }
      return false
    }
    return true
  }

  /// Lets the peer of a WebSocket close first; false if there is nothing to wait for. A socket that is closed with bytes
  /// that nobody has read is reset, and the peer would lose the close frame that says why.
  private func linger(_ connection: Connection) -> Bool {
    guard case .webSocket = connection.phase, !connection.isHalfClosed, !isDraining else { return false }
    if !connection.isLingering {
      connection.isLingering = true
      shutdown(connection.descriptor, Int32(SHUT_WR))
      arm(connection, after: context.webSocket.pongTimeout)
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
  func settle(_ connection: Connection) {
    guard connections[connection.id] === connection else { return }
    let isDirect =
      connection.outbox.isEmpty && connection.middle == nil && connection.multiplexer == nil
    for subscription in connection.subscriptions {
      guard let index = subscription.readerIndex else { continue }
      subscription.log.readers[index].access =
        if connection.isBlocked {
          .blocked
        } else if isDirect, !subscription.owesCaughtUp, !subscription.untilTurn {
          .direct
        } else {
          .pumped
        }
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
}
