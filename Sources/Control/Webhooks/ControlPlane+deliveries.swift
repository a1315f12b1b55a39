import Store
import StreamServer
import Wire

extension ControlPlane {
  /// `GET hooks/deliveries`
  func listDeliveries(_ call: Call) async throws(Problem) -> Reply {
    let epoch = Epoch(store.feedEpoch)
    let limit = call.number("limit") ?? 50
    var conditions = ["1"]
    var values: [any SQLBindable & Sendable] = []
    if let before = call.text("before") {
      guard let id = DeliveryID(before), id.epoch == epoch else { throw .unknownDelivery(before) }
      conditions.append("seq < ?")
      values.append(id.seq)
    }
    for (parameter, column) in [("contract_id", "contract_id"), ("state", "state")] {
      guard let value = call.text(parameter) else { continue }
      conditions.append("\(column) = ?")
      values.append(value)
    }
    let sql =
      "SELECT \(DeliveryRow.columns) FROM hook_deliveries WHERE \(conditions.joined(separator: " AND ")) "
      + "ORDER BY seq DESC LIMIT \(limit + 1)"
    let asked = values
    let rows = try await read { (reader) throws(StoreError) in
      try reader.query(sql, asked, row: DeliveryRow.init)
    }
    var writer = JSONWriter()
    let list = { (writer: inout JSONWriter) in
      writer.array { writer in for row in rows.prefix(limit) { row.write(into: &writer, epoch: epoch) } }
    }
    if call.mount == .root {
      list(&writer)
    } else {
      writer.object { writer in
        writer.key("deliveries")
        list(&writer)
        let next = rows.count > limit ? DeliveryID(epoch: epoch, seq: rows[limit - 1].seq) : nil
        writer.fieldOrNull("next_before", next?.description)
      }
    }
    return .response(.json(writer.take()))
  }

  /// `GET hooks/deliveries/{id}`
  func showDelivery(_ call: Call) async throws(Problem) -> Reply {
    let id = try deliveryID(call.id)
    let found = try await read { (reader) throws(StoreError) in
      try reader.query(
        "SELECT \(DeliveryRow.columns) FROM hook_deliveries WHERE seq = ?", [id.seq], row: DeliveryRow.init
      ).first
    }
    guard let found else { throw .unknownDelivery(call.id) }
    var writer = JSONWriter()
    found.write(into: &writer, epoch: id.epoch)
    return .response(.json(writer.take()))
  }

  private enum Revival { case done, waits, noContract, unknown }

  /// `POST hooks/deliveries/{id}/redeliver`
  func redeliver(_ call: Call) async throws(Problem) -> Reply {
    let (id, now) = (try deliveryID(call.id), clockMS())
    let outcome: Revival = try await outbox { (outbox) throws(StoreError) in
      let row = try outbox.database.first(
        "SELECT \(DeliveryRow.columns) FROM hook_deliveries WHERE seq = ?", id.seq, row: DeliveryRow.init)
      guard let row else { return (.unknown, []) }
      guard try outbox.contracts().contains(where: { $0.contract.id == row.contract }) else {
        return (.noContract, [])
      }
      return (try outbox.revive(row, nowMS: now) ? .done : .waits, [])
    }
    switch outcome {
    case .unknown: throw .unknownDelivery(call.id)
    case .waits: throw Problem(.deliveryPending, "the delivery waits or is being tried already")
    case .noContract: throw Problem(.deliveryPending, "the contract of the delivery has ended")
    case .done: break
    }
    await hooks.wake()
    return Self.queued(id)
  }

  private func deliveryID(_ text: String) throws(Problem) -> DeliveryID {
    guard let id = DeliveryID(text), id.epoch == Epoch(store.feedEpoch) else { throw .unknownDelivery(text) }
    return id
  }

  /// `GET hooks/properties`
  func listHookProperties() async throws(Problem) -> Reply {
    let epoch = Epoch(store.feedEpoch)
    let seen = try await read { (reader) throws(StoreError) in
      let newest = try reader.changeLogRange().newest
      let changes = try reader.changes(
        after: max(0, newest - HookVocabulary.rows), limit: Int(HookVocabulary.rows))
      return HookVocabulary(changes, epoch: epoch)
    }
    var writer = JSONWriter()
    seen.write(into: &writer)
    return .response(.json(writer.take()))
  }
}

extension Problem {
  /// No delivery has this id.
  static func unknownDelivery(_ id: String) -> Problem {
    Problem(
      .deliveryNotFound, "there is no delivery \(quoted(id)); the setting hooks.keep says how many are kept")
  }
}
