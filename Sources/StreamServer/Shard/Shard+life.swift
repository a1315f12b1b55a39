import Reactor
import Wire

extension Shard {
  /// A connection's timer: heartbeats, stalls, requests that do not arrive, streams that are old enough.
  func due(_ id: UInt64) {
    guard let connection = connections[id] else { return }
    connection.timer = nil
    if connection.isBlocked, loop.now - connection.blockedSince >= context.limits.stallTimeout {
      return close(connection, "stalled")
    }
    if let expires = connection.expires, loop.now >= expires { return endUnauthorised(connection) }
    switch connection.phase {
    case .dispatched: return
    case .reading: dueWhileReading(connection)
    case .streaming: dueWhileStreaming(connection)
    case .webSocket(let session): dueWebSocket(connection, session)
    }
  }

  private func dueWhileReading(_ connection: Connection) {
    guard let deadline = connection.deadline else { return }
    if loop.now < deadline || !connection.outbox.isEmpty {
      arm(connection, after: max(deadline - loop.now, .seconds(1)))
    } else if connection.exchange?.decoder.isInsideRequest == true {
      timeOut(connection)
    } else {
      close(connection, "idle")
    }
  }

  private func dueWhileStreaming(_ connection: Connection) {
    if let deadline = connection.deadline, loop.now >= deadline {
      return sayBye(connection, isDraining ? "draining" : "rotated")
    }
    let heartbeat = context.limits.heartbeat
    let quiet = loop.now - lastActivity(connection)
    if quiet >= heartbeat, !connection.isBlocked, connection.middle == nil {
      wrap(SSE.comment, on: connection)
      pump(connection)
      guard connections[connection.id] === connection else { return }
    }
    var next = quiet >= heartbeat ? heartbeat : heartbeat - quiet
    if let deadline = connection.deadline { next = min(next, deadline - loop.now) }
    arm(connection, after: max(next, .milliseconds(10)))
  }

  /// When the client last got something: by itself or with all live readers of its log.
  private func lastActivity(_ connection: Connection) -> Instant {
    var newest = connection.lastSent
    for subscription in connection.subscriptions {
      if case .live = subscription.state, !connection.isBlocked {
        newest = max(newest, subscription.log.lastFlush)
      }
    }
    return newest
  }

  /// Stops taking requests; streams end one after the other within `grace`.
  func drain(within grace: Duration) {
    isDraining = true
    for connection in Array(connections.values) {
      switch connection.phase {
      case .dispatched: break
      case .reading:
        if connection.outbox.isEmpty, connection.exchange?.decoder.isInsideRequest != true {
          close(connection, "draining")
        }
      case .streaming:
        let wait = grace * Double.random(in: 0...0.8)
        setDeadline(connection, after: wait)
        arm(connection, after: wait)
      case .webSocket(let session): closeWebSocket(connection, session, code: 1001, "draining")
      }
    }
  }

  /// Closes whatever is left.
  func closeAll() {
    for connection in Array(connections.values) { close(connection, "shutdown") }
  }
}
