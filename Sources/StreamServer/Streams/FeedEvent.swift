import Wire

/// One change, as the feed shows it on every transport (STREAMS section 6).
public struct FeedEvent: Sendable, Hashable {
  /// Its number in the change log.
  public var sequence: UInt64
  /// When it was made, ISO 8601 with milliseconds.
  public var timestamp: String
  /// `sessions`, `transcript` and so on.
  public var topic: String
  /// `session.created` and so on.
  public var type: String
  /// The session that changed.
  public var sessionID: String?
  /// A JSON object.
  public var payload: [UInt8]

  /// A change.
  public init(
    sequence: UInt64, timestamp: String, topic: String, type: String, sessionID: String?, payload: [UInt8]
  ) {
    self.sequence = sequence
    self.timestamp = timestamp
    self.topic = topic
    self.type = type
    self.sessionID = sessionID
    self.payload = payload
  }
}

/// A stretch of the feed from the change log.
public struct FeedPage: Sendable {
  /// The feed's epoch.
  public var epoch: Epoch
  /// Changes in order.
  public var events: [FeedEvent]
  /// The position after them (or the newest one when there was nothing to ask for).
  public var sequence: UInt64
  /// True when more can be had at once.
  public var hasMore: Bool
  /// Set when the position asked for cannot be resumed from: another epoch, or too far back.
  public var reset: ResetReason?

  /// A page.
  public init(epoch: Epoch, events: [FeedEvent], sequence: UInt64, hasMore: Bool, reset: ResetReason?) {
    self.epoch = epoch
    self.events = events
    self.sequence = sequence
    self.hasMore = hasMore
    self.reset = reset
  }
}
