import Store
import Wire

/// A delivery that was claimed for one attempt.
struct HookJob: Sendable, Hashable {
  var seq: Int64
  var contract: String
  /// Which attempt this is, from 1.
  var attempt: Int
  var eventID: String
  var type: String
  var url: String
  var secret: String?
  var body: [UInt8]
}

extension Outbox {
  /// The oldest pending delivery of each contract.
  func heads() throws(StoreError) -> [DeliveryPlan.Head] {
    try database.query(
      """
      SELECT d.seq, d.contract_id, d.due_ms, d.claimed_ms FROM hook_contracts c JOIN hook_deliveries d
      ON d.seq = (SELECT seq FROM hook_deliveries WHERE contract_id = c.id AND state = 'pending' ORDER BY seq LIMIT 1)
      WHERE c.pending > 0
      """
    ) { row in
      DeliveryPlan.Head(
        seq: row.int64(0), contract: row.text(1), dueMS: row.int64(2), claimedUntilMS: row.int64(3))
    }
  }

  /// Takes a delivery for one attempt. The attempt counts from here on, so that one which kills the process is not
  /// repeated for ever.
  func claim(_ seq: Int64, nowMS: Int64) throws(StoreError) -> HookJob? {
    try database.run(
      "UPDATE hook_deliveries SET attempts = attempts + 1, claimed_ms = ?, updated_ms = ? WHERE seq = ?",
      nowMS + rules.claim.milliseconds64, nowMS, seq)
    return try database.first(
      """
      SELECT d.seq, d.contract_id, d.attempts, d.event_id, d.type, c.url, c.secret, d.body
      FROM hook_deliveries d JOIN hook_contracts c ON c.id = d.contract_id WHERE d.seq = ?
      """, seq
    ) { row in
      HookJob(
        seq: row.int64(0), contract: row.text(1), attempt: row.int(2), eventID: row.text(3),
        type: row.text(4),
        url: row.text(5), secret: row.optionalText(6), body: Array(row.text(7).utf8))
    }
  }

  /// Writes down what came of an attempt. One whose delivery was ended, or claimed anew, meanwhile changes nothing.
  /// - Returns: the row of the feed, for a delivery that has come to its end.
  func settle(
    _ job: HookJob, _ verdict: HookRetry.Verdict, status: Int?, nowMS: Int64
  ) throws(StoreError) -> [Change] {
    let (state, due, reason): (DeliveryRow.State, Int64, String?) =
      switch verdict {
      case .delivered: (.delivered, nowMS, nil)
      case .again(let atMS, let reason): (.pending, atMS, reason)
      case .dead(let reason): (.failed, nowMS, reason)
      }
    try database.run(
      """
      UPDATE hook_deliveries SET state = ?, due_ms = ?, claimed_ms = 0, status = ?, reason = ?, updated_ms = ?
      WHERE seq = ? AND state = 'pending' AND attempts = ?
      """, state.rawValue, due, status, reason, nowMS, job.seq, job.attempt)
    guard database.changes > 0, state != .pending else { return [] }
    try count(-1, job.contract)
    let delivery = DeliveryID(epoch: epoch, seq: job.seq).description
    return [
      Change(nowMS: nowMS, HookEvent.ownTopic, state == .delivered ? "hook.delivered" : "hook.failed") {
        json in
        json.field("contract_id", job.contract)
        json.field("delivery_id", delivery)
        json.field("event_id", job.eventID)
        json.field("event_type", job.type)
        json.field("attempts", job.attempt)
        json.fieldOrNull("status", status)
        json.fieldIfPresent("reason", reason)
      }
    ]
  }

  /// Frees what an earlier process held: whoever holds the state directory knows that it is gone.
  func release() throws(StoreError) {
    try database.run("UPDATE hook_deliveries SET claimed_ms = 0 WHERE state = 'pending' AND claimed_ms > 0")
  }

  /// Tries a finished delivery again, from its first attempt on.
  /// - Returns: false for one that waits already.
  func revive(_ row: DeliveryRow, nowMS: Int64) throws(StoreError) -> Bool {
    try database.run(
      """
      UPDATE hook_deliveries SET state = 'pending', attempts = 0, due_ms = ?, claimed_ms = 0, updated_ms = ?
      WHERE seq = ? AND state <> 'pending'
      """, nowMS, nowMS, row.seq)
    guard database.changes > 0 else { return false }
    try count(1, row.contract)
    return true
  }
}
