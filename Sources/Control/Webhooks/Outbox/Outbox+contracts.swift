import Store
import Wire

extension Outbox {
  /// What became of a contract that was asked for.
  enum Keeping: Sendable {
    /// It is kept; true if it took the place of another.
    case kept(replaced: Bool)
    /// There is one of this id, and it was not to be replaced.
    case exists
    /// There are too many (`hooks.max_contracts`).
    case tooMany
  }

  /// Keeps a contract.
  func keep(_ contract: HookContract, replacing: Bool) throws(StoreError) -> (Keeping, [Change]) {
    let active = try database.first("SELECT active FROM hook_contracts WHERE id = ?", contract.id) {
      $0.int(0)
    }
    if active == 1, !replacing { return (.exists, []) }
    if active != 1 {
      let count = try database.first("SELECT count(*) FROM hook_contracts WHERE active = 1") { $0.int(0) }
      guard count ?? 0 < rules.maxContracts else { return (.tooMany, []) }
    }
    // What waits for the receiver goes to its new address.
    try database.run(
      """
      INSERT INTO hook_contracts(id, url, secret, criteria, created_ms, expires_ms, active, pending)
      VALUES (?, ?, ?, ?, ?, ?, 1, 0) ON CONFLICT(id) DO UPDATE SET url = excluded.url, secret = excluded.secret,
        criteria = excluded.criteria, created_ms = excluded.created_ms, expires_ms = excluded.expires_ms, active = 1
      """, contract.id, contract.url, contract.secret, contract.criteria.json, contract.createdMS,
      contract.expiresMS)
    let change = Change(nowMS: contract.createdMS, HookEvent.ownTopic, "hook.created") { json in
      json.field("contract_id", contract.id)
      json.field("url", contract.url)
      json.fieldOrNull("expires_at", contract.expiresMS.map(Timestamp.text))
      json.field("replaced", active == 1)
    }
    return (.kept(replaced: active == 1), [change])
  }

  /// Every contract that has not ended, oldest first, and how much waits for its receiver.
  func contracts() throws(StoreError) -> [(contract: HookContract, pending: Int)] {
    try database.query(
      """
      SELECT id, url, secret, criteria, created_ms, expires_ms, pending FROM hook_contracts WHERE active = 1
      ORDER BY created_ms, id
      """
    ) { row in
      let contract = HookContract(
        id: row.text(0), url: row.text(1), secret: row.optionalText(2),
        criteria: HookCriteria(stored: row.text(3)) ?? HookCriteria(), createdMS: row.int64(4),
        expiresMS: row.optionalInt64(5))
      return (contract, row.int(6))
    }
  }

  /// Ends a contract; what waits for its receiver becomes dead letters.
  /// - Returns: nil if there is none of this id, otherwise the row of the feed.
  func end(_ id: String, nowMS: Int64) throws(StoreError) -> Change? {
    try database.run("DELETE FROM hook_contracts WHERE id = ? AND active = 1", id)
    guard database.changes > 0 else { return nil }
    try database.run(
      """
      UPDATE hook_deliveries SET state = 'failed', reason = 'the contract was deleted', claimed_ms = 0,
        updated_ms = ? WHERE contract_id = ? AND state = 'pending'
      """, nowMS, id)
    return deactivated(id, "deleted", dropped: database.changes, nowMS: nowMS)
  }

  /// Ends contracts whose time is over. What happened before is still delivered.
  func expire(nowMS: Int64) throws(StoreError) -> [Change] {
    let over = try database.query(
      "SELECT id FROM hook_contracts WHERE active = 1 AND expires_ms <= ?", nowMS
    ) { $0.text(0) }
    var changes: [Change] = []
    for id in over {
      try database.run("UPDATE hook_contracts SET active = 0 WHERE id = ?", id)
      try database.run("DELETE FROM hook_contracts WHERE id = ? AND pending <= 0", id)
      changes.append(deactivated(id, "expired", dropped: 0, nowMS: nowMS))
    }
    return changes
  }

  /// When the next contract ends by its time.
  func nextExpiryMS() throws(StoreError) -> Int64? {
    try database.first(
      "SELECT min(expires_ms) FROM hook_contracts WHERE active = 1 AND expires_ms IS NOT NULL"
    ) { $0.optionalInt64(0) } ?? nil
  }

  private func deactivated(_ id: String, _ reason: String, dropped: Int, nowMS: Int64) -> Change {
    Change(nowMS: nowMS, HookEvent.ownTopic, "hook.deactivated") { json in
      json.field("contract_id", id)
      json.field("reason", reason)
      json.field("dropped", dropped)
    }
  }
}
