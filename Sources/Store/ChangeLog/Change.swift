/// One row of the change feed (STREAMS section 6).
public struct Change: Sendable, Hashable {
  /// The row's number, from 1 without gaps; 0 before it is appended.
  public var seq: Int64
  /// When, milliseconds since 1970.
  public var timestampMS: Int64
  /// The topic, `sessions` or `channel:NAME` for example.
  public var topic: String
  /// The type, `session.created` for example.
  public var type: String
  /// The session that changed.
  public var sessionID: String?
  /// The project that changed.
  public var projectID: String?
  /// What changed: a JSON object.
  public var payload: String

  /// A change that is not in the log yet.
  public init(
    timestampMS: Int64, topic: String, type: String, sessionID: String? = nil, projectID: String? = nil,
    payload: String
  ) {
    seq = 0
    self.timestampMS = timestampMS
    self.topic = topic
    self.type = type
    self.sessionID = sessionID
    self.projectID = projectID
    self.payload = payload
  }
}

extension Change {
  static let columns = "ts, topic, type, session_id, project_id, payload, seq"

  init(_ row: Statement) {
    self.init(
      timestampMS: row.int64(0), topic: row.text(1), type: row.text(2), sessionID: row.optionalText(3),
      projectID: row.optionalText(4), payload: row.text(5))
    seq = row.int64(6)
  }
}

/// Which rows the change log holds.
public struct ChangeLogRange: Sendable, Hashable {
  /// The oldest row; `newest + 1` when there is none.
  public var oldest: Int64
  /// The newest row that was ever appended; 0 in a new database.
  public var newest: Int64

  /// A range.
  public init(oldest: Int64, newest: Int64) {
    self.oldest = oldest
    self.newest = newest
  }
}
