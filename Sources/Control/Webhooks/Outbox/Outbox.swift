import Store
import StreamServer
import Wire

/// Contracts and deliveries in one transaction of the database. A view for the length of that transaction, on the
/// storage thread.
struct Outbox {
  let database: Database
  /// The database's half of the ids of events and deliveries.
  let epoch: Epoch
  let rules: HookRules

  /// Puts stored changes into the outbox, once for each contract that asks for them.
  /// - Returns: how many deliveries now wait that did not before. Without a contract this is one look into an empty
  ///   table.
  func enqueue(_ changes: [Change], nowMS: Int64) throws(StoreError) -> Int {
    var asking: [(id: String, url: String, criteria: HookCriteria, pending: Int)] = []
    try database.each(
      """
      SELECT id, url, criteria, pending FROM hook_contracts
      WHERE active = 1 AND (expires_ms IS NULL OR expires_ms > ?)
      """, [nowMS]
    ) { row in
      // What was stored was checked; criteria that a later version wrote and this one cannot read ask for nothing.
      guard let criteria = HookCriteria(stored: row.text(2)) else { return }
      asking.append((row.text(0), row.text(1), criteria, row.int(3)))
    }
    guard !asking.isEmpty else { return 0 }
    var queued = 0
    for change in changes {
      guard let event = HookEvent(change, epoch: epoch) else { continue }
      var body: String?
      for index in asking.indices where asking[index].criteria.accepts(event) {
        body = body ?? String(decoding: event.body, as: UTF8.self)
        guard let body else { continue }
        let isFull = asking[index].pending >= rules.maxPending
        try insert(
          event, body, contract: asking[index].id, url: asking[index].url, nowMS: nowMS,
          refused: isFull ? "too many deliveries wait for this receiver (hooks.max_pending)" : nil)
        guard !isFull else { continue }
        asking[index].pending += 1
        queued += 1
      }
    }
    return queued
  }

  /// Adds one delivery.
  /// - Parameter reason: why it is a dead letter from the beginning.
  /// - Returns: its number.
  @discardableResult
  func insert(
    _ event: HookEvent, _ body: String, contract: String, url: String, nowMS: Int64, refused reason: String?
  ) throws(StoreError) -> Int64 {
    try database.run(
      """
      INSERT INTO hook_deliveries(contract_id, url, event_id, source, type, body, state, attempts, due_ms, claimed_ms,
        reason, created_ms, updated_ms) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, 0, ?, ?, ?)
      """, contract, url, event.id, event.source, event.type, body,
      (reason == nil ? DeliveryRow.State.pending : .failed).rawValue, nowMS, reason, nowMS, nowMS)
    let seq = database.lastInsertRowID
    if reason == nil { try count(1, contract) }
    try trim(after: seq)
    return seq
  }

  /// Changes the number of deliveries that wait for a contract's receiver.
  func count(_ step: Int, _ contract: String) throws(StoreError) {
    try database.run("UPDATE hook_contracts SET pending = pending + ? WHERE id = ?", step, contract)
    // A contract that has ended was only kept for what waited.
    if step < 0 {
      try database.run(
        "DELETE FROM hook_contracts WHERE id = ? AND active = 0 AND pending <= 0", contract)
    }
  }

  /// Forgets the oldest finished deliveries; now and then, as it walks over those that wait.
  private func trim(after seq: Int64) throws(StoreError) {
    guard seq % 256 == 0 else { return }
    try database.run(
      "DELETE FROM hook_deliveries WHERE seq <= ? AND state <> 'pending'", seq - Int64(rules.keep))
  }
}

extension HookCriteria {
  /// The criteria of their stored form.
  init?(stored text: String) {
    guard let json = JSONSlice(validating: Array(text.utf8)), let criteria = try? HookCriteria(Body(json))
    else { return nil }
    self = criteria
  }
}
