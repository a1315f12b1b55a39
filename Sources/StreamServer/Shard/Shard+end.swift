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

  /// Takes one subscription off a connection; if it is in the middle of a frame, the rest of the frame goes first.
  func leave(_ subscription: Subscription, on connection: Connection) {
    if connection.middle === subscription { finishInOutbox(subscription, on: connection) }
    end(subscription)
    connection.subscriptions.removeAll { $0 === subscription }
  }

  /// Takes all subscriptions, the change feed and terminals off a connection that is about to end.
  func leaveAll(on connection: Connection) {
    if let middle = connection.middle { finishInOutbox(middle, on: connection) }
    for subscription in connection.subscriptions { end(subscription) }
    connection.subscriptions = []
    connection.feed = nil
    feedReaders[connection.id] = nil
    endTerminals(of: connection)
  }

  /// Puts what a cut frame lacks before everything that waits.
  private func finishInOutbox(_ subscription: Subscription, on connection: Connection) {
    if case .replaying(let replay) = subscription.state, let page = replay.page {
      page.bytes.withUnsafeBytes {
        connection.outbox.prepend(UnsafeRawBufferPointer(rebasing: $0[replay.sent...]))
      }
      subscription.isStepOpen = page.isStepOpen
    } else if let index = subscription.readerIndex, let bytes = subscription.log.log {
      let position = subscription.log.readers[index].position
      if let mark = bytes.mark(from: position) {
        bytes.withBytes(from: position, to: mark.position) { connection.outbox.prepend($0) }
        subscription.log.readers[index].position = mark.position
      }
    }
    connection.middle = nil
  }

  /// Ends a stream in words: the client comes back with its cursor.
  func sayBye(_ connection: Connection, _ reason: String) {
    guard case .streaming = connection.phase, !connection.closesWhenSent else { return }
    if let middle = connection.middle { finishInOutbox(middle, on: connection) }
    if let first = connection.subscriptions.first, first.log.key.variant.view == .ui {
      sayFarewell(.other, to: first)
    } else {
      let retryMS = Int(Double(context.limits.retry.milliseconds) * Double.random(in: 0.5...1.5))
      let encoder = FrameEncoder(
        variant: Variant(view: .events, transport: connection.transport), session: "")
      var bytes: [UInt8] = []
      var retry: [UInt8] = []
      SSE.retry(milliseconds: retryMS, into: &retry)
      wrap(retry, on: connection)
      encoder.append(
        ControlFrames.bye(
          reason: reason, retryMS: retryMS,
          view: connection.subscriptions.first?.log.key.variant.view ?? .events),
        line: Cursor(epoch: Epoch(0), offset: 0), into: &bytes)
      connection.outbox.append(bytes)
    }
    leaveAll(on: connection)
    finish(connection)
    pump(connection)
  }

  /// Ends the message that a `ui` stream is: its parser wants `start` first, and no step open at `finish`.
  private func sayFarewell(_ reason: FinishReason, to subscription: Subscription) {
    sayOpening(to: subscription)
    for frame in ViewEncoder.farewell(reason, hasOpenStep: subscription.hasOpenStep) {
      say(frame, subscription, at: nil)
    }
  }

  /// `until=turn`: the turn is over, and so is the stream.
  func endTurn(_ subscription: Subscription) {
    let connection = subscription.connection
    switch subscription.log.key.variant.view {
    case .ui:
      // The end of a turn has closed its step.
      for frame in ViewEncoder.farewell(.stop, hasOpenStep: false) { say(frame, subscription, at: nil) }
    case .agent: say(ControlFrames.done(), subscription, at: nil)
    case .events, .raw: break
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
