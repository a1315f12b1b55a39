import Wire

extension Shard {
  /// A session's transcript is found in another place from now on. Who watches it is sent away with `bye` and comes
  /// back with its cursor, which stays good: it is the file's.
  func moved(_ session: String) {
    for log in logs.values where log.key.session == session {
      for subscription in Array(log.subscriptions.values) { sayMoved(subscription) }
    }
  }

  private func sayMoved(_ subscription: Subscription) {
    let connection = subscription.connection
    guard case .webSocket(let session) = connection.phase else { return sayBye(connection, "moved") }
    // A socket has other topics: only this one ends.
    let view = subscription.log.key.variant.view
    let bye = ControlFrames.bye(reason: "moved", retryMS: context.limits.retry.milliseconds, view: view)
    say(bye, subscription, at: nil)
    leave(subscription, on: connection)
    session.transcripts = session.transcripts.filter { $0.value !== subscription }
    pump(connection)
  }
}
