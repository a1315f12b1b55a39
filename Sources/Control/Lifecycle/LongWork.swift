import Store
import Wire

/// Work on a session that is asked for now and done later: one row of `operations`. A value.
struct LongWork: Sendable, Hashable {
  enum Kind: String, Sendable { case restart, revive, resume, fork, control, rewind }
  enum State: String, Sendable { case running, done, failed }

  var id: String
  var kind: Kind
  var session: String
  var state = State.running
  /// What went wrong, for programs and for people.
  var code: String?
  var reason: String?
  var startedMS: Int64
  var endedMS: Int64?

  init(_ kind: Kind, session: String, id: String, nowMS: Int64) {
    self.id = id
    self.kind = kind
    self.session = session
    startedMS = nowMS
  }

  static let columns = "id, kind, session_id, state, code, reason, started_ms, ended_ms"

  init?(_ row: Statement) {
    guard let kind = Kind(rawValue: row.text(1)), let state = State(rawValue: row.text(3)) else { return nil }
    self.init(kind, session: row.text(2), id: row.text(0), nowMS: row.int64(6))
    self.state = state
    code = row.optionalText(4)
    reason = row.optionalText(5)
    endedMS = row.optionalInt64(7)
  }

  /// The members of its object.
  func write(into json: inout JSONWriter) {
    json.field("id", id)
    json.field("operation_id", id)
    json.field("kind", kind.rawValue)
    json.field("session_id", session)
    json.field("state", state.rawValue)
    json.key("error")
    if let code {
      json.object { json in
        json.field("code", code)
        json.field("message", reason ?? code)
      }
    } else {
      json.null()
    }
    json.field("started_at", Timestamp.text(startedMS))
    json.fieldOrNull("ended_at", endedMS.map(Timestamp.text))
  }

  /// The row of the feed that tells of it.
  func change(_ nowMS: Int64) -> Change {
    Change(nowMS: nowMS, "sessions", "operation.updated", session: session) { write(into: &$0) }
  }
}

extension Database {
  /// Stores an operation and forgets the oldest ones beyond the limit.
  func put(_ work: LongWork, keeping limit: Int) throws(StoreError) {
    try run(
      "INSERT INTO operations(\(LongWork.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET "
        + "state = excluded.state, code = excluded.code, reason = excluded.reason, ended_ms = excluded.ended_ms",
      work.id, work.kind.rawValue, work.session, work.state.rawValue, work.code, work.reason, work.startedMS,
      work.endedMS)
    try run(
      "DELETE FROM operations WHERE state <> 'running' AND num <= (SELECT max(num) FROM operations) - ?",
      limit)
  }
}
