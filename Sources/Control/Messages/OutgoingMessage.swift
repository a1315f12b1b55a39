import Store
import StreamServer
import Wire

/// A message on its way to an agent, as it is stored. A value.
struct OutgoingMessage: Sendable {
  /// How far it has come.
  enum State: String, Sendable {
    /// Waiting, or being typed.
    case queued
    /// The agent took it.
    case delivered
    /// Its row stands in the transcript.
    case seen
    /// It was given up; `fault` says why.
    case failed
  }

  /// Its place in the order of all messages.
  var number: Int64
  var id: String
  var session: String
  var clientID: String?
  var text: String
  var state: State
  /// How far typing has come, while it is queued.
  var phase: TypingMachine.Phase?
  /// Where the transcript ended when typing began; nil also without a transcript.
  var position: Cursor?
  /// The agent's process when typing began.
  var process: Int32?
  /// The position after its row.
  var seenAt: Cursor?
  var fault: MessageFault?
  /// More about the fault.
  var reason: String?
  var createdMS: Int64
  var changedMS: Int64

  static let columns =
    "num, id, session_id, client_message_id, text, state, phase, position, process, seen_at, code, reason, "
    + "created_ms, changed_ms"

  init(_ row: Statement) {
    number = row.int64(0)
    id = row.text(1)
    session = row.text(2)
    clientID = row.optionalText(3)
    text = row.text(4)
    state = State(rawValue: row.text(5)) ?? .failed
    phase = row.optionalText(6).flatMap { TypingMachine.Phase(rawValue: $0) }
    position = row.optionalText(7).flatMap { Cursor($0) }
    process = row.optionalInt64(8).flatMap { Int32(exactly: $0) }
    seenAt = row.optionalText(9).flatMap { Cursor($0) }
    fault = row.optionalText(10).flatMap { MessageFault(rawValue: $0) }
    reason = row.optionalText(11)
    createdMS = row.int64(12)
    changedMS = row.int64(13)
  }

  /// The members of the object that clients get, and of its events.
  /// - Parameter held: why a queued message waits.
  func write(into json: inout JSONWriter, held: TypingMachine.Hold? = nil) {
    json.field("session_id", session)
    json.field("message_id", id)
    json.fieldOrNull("client_message_id", clientID)
    json.field("state", state.rawValue)
    json.fieldIfPresent("held", state == .queued ? held?.rawValue : nil)
    json.fieldIfPresent("cursor", seenAt?.description)
    json.fieldIfPresent("code", fault?.rawValue)
    json.fieldIfPresent("reason", reason ?? fault?.message)
    json.field("created_at", Timestamp.text(createdMS))
    json.field("changed_at", Timestamp.text(changedMS))
  }

  /// The row of the change feed.
  func change(_ nowMS: Int64, as state: State? = nil, held: TypingMachine.Hold? = nil) -> Change {
    var shown = self
    if let state { shown.state = state }
    return Change(nowMS: nowMS, "messages", "message.\(shown.state.rawValue)", session: session) { json in
      shown.write(into: &json, held: held)
    }
  }
}
