import Wire

extension Shard {
  /// The newest changes kept for readers that are almost there.
  static let feedWindowSize = 1024

  /// Changes that were just stored, in order.
  func take(_ events: [FeedEvent], epoch: Epoch) {
    feedEpoch = epoch
    feedWindow += events
    if feedWindow.count > Self.feedWindowSize {
      feedWindow.removeFirst(feedWindow.count - Self.feedWindowSize)
    }
    for id in Array(feedReaders.keys) {
      if let connection = connections[id] { pump(connection) }
    }
  }

  /// Makes a connection a reader of the feed.
  func startFeed(_ connection: Connection, _ plan: FeedPlan) {
    let feed = FeedSubscription(plan)
    connection.feed = feed
    feedReaders[connection.id] = feed
    fetch(connection.id, feed, after: plan.after, isFirst: true)
  }

  /// Calls `body` as soon as the feed of a connection has its position.
  func whenPlaced(_ connection: Connection, _ body: @escaping (isolated Shard, Connection) -> Void) {
    if connection.feed?.whenPlaced == nil {
      body(self, connection)
    } else {
      connection.feed?.whenPlaced?.append(body)
    }
  }

  /// A connection reads the feed no longer; what waited for its position is told now.
  func endFeed(_ connection: Connection) {
    let waiting = connection.feed?.whenPlaced ?? []
    connection.feed = nil
    feedReaders[connection.id] = nil
    for body in waiting { body(self, connection) }
  }

  /// Sends what the window has for a reader; true if something was queued.
  func advanceFeed(_ connection: Connection) -> Bool {
    guard let feed = connection.feed, !feed.isFetching, connection.outbox.count < context.limits.pageBytes,
      let newest = feedWindow.last?.sequence, newest > feed.sequence, let epoch = feedEpoch
    else { return false }
    if let oldest = feedWindow.first?.sequence, oldest > feed.sequence + 1 {
      feed.isFetching = true
      fetch(
        connection.id, feed, after: FeedCursor(epoch: epoch, sequence: feed.sequence), isFirst: false)
      return false
    }
    var sent = false
    for event in feedWindow where event.sequence > feed.sequence && feed.wants(event) {
      send(event, epoch: epoch, on: connection)
      sent = true
    }
    feed.sequence = newest
    return sent
  }

  private func fetch(_ id: UInt64, _ feed: FeedSubscription, after: FeedCursor?, isFirst: Bool) {
    Task {
      let page = await self.context.feed(after)
      guard let connection = self.connections[id], connection.feed === feed else { return }
      self.feedEpoch = page.epoch
      let position = FeedCursor(epoch: page.epoch, sequence: page.sequence)
      if isFirst { self.greet(connection, feed, page, after: after) }
      for event in page.events where feed.wants(event) { self.send(event, epoch: page.epoch, on: connection) }
      feed.sequence = page.sequence
      if page.hasMore {
        self.fetch(id, feed, after: position, isFirst: false)
      } else {
        feed.isFetching = false
      }
      self.pump(connection)
    }
  }

  private func greet(
    _ connection: Connection, _ feed: FeedSubscription, _ page: FeedPage, after: FeedCursor?
  ) {
    let waiting = feed.whenPlaced ?? []
    feed.whenPlaced = nil
    for body in waiting { body(self, connection) }
    let start = page.reset == nil ? after : nil
    let cursor =
      start
      ?? FeedCursor(epoch: page.epoch, sequence: page.events.first.map { $0.sequence - 1 } ?? page.sequence)
    // Before a reset it has no id: a client that drops between the two must be told again.
    queue("hello", id: page.reset == nil ? cursor.description : nil, on: connection) { json in
      json.field("cursor", cursor.description)
      json.field("server", context.server)
    }
    guard let reason = page.reset else { return }
    statistics.resets += 1
    queue("reset", id: cursor.description, on: connection) { json in
      json.fieldOrNull("requested", after?.description)
      json.field("cursor", cursor.description)
      json.field("reason", reason.rawValue)
    }
  }

  private func send(_ event: FeedEvent, epoch: Epoch, on connection: Connection) {
    let id = FeedCursor(epoch: epoch, sequence: event.sequence).description
    if case .webSocket(let session) = connection.phase {
      return sendChange(event, id: id, on: connection, session)
    }
    queue(event.type, id: id, on: connection) { event.fields(into: &$0) }
  }

  private func queue(
    _ name: String, id: String?, on connection: Connection, _ body: (inout JSONWriter) -> Void
  ) {
    var writer = JSONWriter()
    writer.object(body)
    if case .webSocket = connection.phase {
      // The acknowledgement of the subscription is the greeting.
      guard name != "hello" else { return }
      return sendJSON(connection) { json in
        json.field("op", "event")
        json.field("event", name)
        json.fieldIfPresent("id", id)
        json.field("data", JSONSlice(writer.take()))
      }
    }
    let encoder = FrameEncoder(
      variant: Variant(view: .events, transport: connection.transport), session: "")
    var bytes: [UInt8] = []
    encoder.append(
      Frame(event: name, data: writer.take()), idText: id.map { Array($0.utf8) }, into: &bytes)
    connection.outbox.append(bytes)
  }
}

extension FeedEvent {
  /// The change's members, as every transport shows them.
  func fields(into json: inout JSONWriter) {
    json.field("topic", topic)
    json.field("type", type)
    json.field("ts", timestamp)
    json.fieldIfPresent("session_id", sessionID)
    json.field("payload", JSONSlice(payload))
  }
}
