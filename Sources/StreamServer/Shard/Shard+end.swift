import Reactor
import Wire

extension Shard {
  /// Ends a subscription; the last one of a log closes it.
  func end(_ subscription: Subscription) {
    let log = subscription.log
    log.leave(subscription)
    subscription.state = .ended
    log.subscriptions[ObjectIdentifier(subscription)] = nil
    guard log.subscriptions.isEmpty, logs[log.key] === log else { return }
    logs[log.key] = nil
    let (key, index) = (log.key, self.index)
    context.broadcaster.post { $0.close(key, shard: index) }
  }

  /// Ends a stream in words: the client comes back with its cursor.
  func sayBye(_ connection: Connection, _ reason: String) {
    guard case .streaming = connection.phase, !connection.closesWhenSent else { return }
    let retryMS = Int(Double(context.limits.retry.milliseconds) * Double.random(in: 0.5...1.5))
    if let first = connection.subscriptions.first, first.log.key.variant.view == .ui {
      var encoder = ViewEncoder(view: .ui, include: .standard, sessionID: first.log.key.session)
      for frame in encoder.finish(.other) { say(frame, first, at: nil) }
    } else {
      let encoder = FrameEncoder(
        variant: Variant(view: .events, transport: connection.transport), session: "")
      var bytes: [UInt8] = []
      var retry: [UInt8] = []
      SSE.retry(milliseconds: retryMS, into: &retry)
      wrap(retry, on: connection)
      encoder.append(
        ControlFrames.bye(reason: reason, retryMS: retryMS), line: Cursor(epoch: Epoch(0), offset: 0),
        into: &bytes)
      connection.outbox.append(bytes)
    }
    for subscription in connection.subscriptions { end(subscription) }
    // The one that was cut in the middle of a frame still has to finish it.
    if connection.middle == nil { connection.subscriptions = [] }
    connection.feed = nil
    feedReaders[connection.id] = nil
    finish(connection)
    pump(connection)
  }

  /// `until=turn`: the turn is over, and so is the stream.
  func endTurn(_ subscription: Subscription) {
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
