import Wire

/// A watcher of the change feed on one connection: its filter and its position. Owned by its connection.
final class FeedSubscription {
  var plan: FeedPlan
  /// The last change it has, sent or left out by its filter.
  var sequence: UInt64 = 0
  /// Set while a page of the change log is on its way.
  var isFetching = true
  /// What the client is told once the subscription has its position, and not before: a client that acts on it must
  /// not miss the change that its act makes. Nil from then on.
  var whenPlaced: [(isolated Shard, Connection) -> Void]? = []

  init(_ plan: FeedPlan) { self.plan = plan }

  /// True when the filter lets a change through.
  func wants(_ event: FeedEvent) -> Bool {
    (plan.topics.isEmpty || plan.topics.contains(event.topic))
      && (plan.session == nil || plan.session == event.sessionID)
  }
}
