import Store
import Wire

/// One event for one receiver, and how far it has come. A row of the outbox.
struct DeliveryRow: Sendable, Hashable {
  /// Where a delivery stands.
  enum State: String, Sendable, CaseIterable {
    /// Waits, or is being tried.
    case pending
    /// The receiver has it.
    case delivered
    /// Given up: a dead letter.
    case failed
  }

  /// The row's number; the order in which a contract's deliveries are sent.
  var seq: Int64
  var contract: String
  var url: String
  var eventID: String
  var source: String
  var type: String
  var state: State
  /// Attempts that have begun.
  var attempts: Int
  var dueMS: Int64
  /// What the receiver answered last.
  var status: Int?
  /// Why the last attempt did not succeed.
  var reason: String?
  var createdMS: Int64
  var updatedMS: Int64

  static let columns =
    "seq, contract_id, url, event_id, source, type, state, attempts, due_ms, status, reason, created_ms, updated_ms"

  init(_ row: Statement) {
    seq = row.int64(0)
    contract = row.text(1)
    url = row.text(2)
    eventID = row.text(3)
    source = row.text(4)
    type = row.text(5)
    state = State(rawValue: row.text(6)) ?? .failed
    attempts = row.int(7)
    dueMS = row.int64(8)
    status = row.optionalInt(9)
    reason = row.optionalText(10)
    createdMS = row.int64(11)
    updatedMS = row.int64(12)
  }

  /// As the log of deliveries shows it.
  func write(into writer: inout JSONWriter, epoch: Epoch) {
    writer.object { writer in
      writer.field("id", DeliveryID(epoch: epoch, seq: seq).description)
      writer.field("contract_id", contract)
      writer.field("url", url)
      writer.field("event_id", eventID)
      writer.field("source", source)
      writer.field("type", type)
      writer.field("state", state.rawValue)
      writer.field("attempts", attempts)
      writer.fieldOrNull("status", status)
      writer.fieldOrNull("reason", reason)
      writer.field("created_at", Timestamp.text(createdMS))
      writer.field("updated_at", Timestamp.text(updatedMS))
      writer.fieldOrNull("next_attempt_at", state == .pending ? Timestamp.text(dueMS) : nil)
    }
  }
}

/// A delivery's id on the wire, `X-Hook-Id`: `<feed epoch>-d<seq>`. The same over all attempts, so that a receiver
/// can know what it has.
struct DeliveryID: Sendable, Hashable, CustomStringConvertible {
  /// The database that the delivery belongs to.
  var epoch: Epoch
  /// The row's number.
  var seq: Int64

  init(epoch: Epoch, seq: Int64) {
    self.epoch = epoch
    self.seq = seq
  }

  /// The text form and nothing else.
  init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let epoch = Epoch(parts[0]), parts[1].first == "d",
      let seq = Int64(parts[1].dropFirst()), seq > 0
    else { return nil }
    self.init(epoch: epoch, seq: seq)
    guard description == text else { return nil }
  }

  var description: String { "\(epoch)-d\(seq)" }
}
