import Store
import StreamServer
import Wire

extension ControlPlane {
  /// A transaction over contracts and deliveries, with its rows of the feed.
  func outbox<Value: Sendable>(
    _ body: @escaping @Sendable (Outbox) throws(StoreError) -> (Value, [Change])
  ) async throws(Problem) -> Value {
    let (epoch, rules) = (Epoch(store.feedEpoch), rules.hooks)
    return try await commit { (database) throws(StoreError) in
      try body(Outbox(database: database, epoch: epoch, rules: rules))
    }
  }

  /// `GET hooks/contracts`
  func listContracts(_ call: Call) async throws(Problem) -> Reply {
    let (property, value) = (call.text("property"), call.text("value"))
    let contracts = try await outbox { (outbox) throws(StoreError) in (try outbox.contracts(), []) }
    var writer = JSONWriter()
    let list = { (writer: inout JSONWriter) in
      writer.array { writer in
        for (contract, pending) in contracts where contract.asks(for: property, value) {
          contract.write(into: &writer, pending: pending)
        }
      }
    }
    if call.mount == .root {
      list(&writer)
    } else {
      writer.object { writer in
        writer.key("contracts")
        list(&writer)
      }
    }
    return .response(EntityTag.tag(.json(writer.take()), for: call.request))
  }

  /// `POST hooks/contracts`
  func makeContract(_ call: Call) async throws(Problem) -> Reply {
    let contract = try HookContract(
      try call.body(), allowPrivate: rules.hooks.allowPrivate, nowMS: clockMS())
    let replaces = call.flag("replace") ?? false
    let outcome = try await outbox { (outbox) throws(StoreError) in
      try outbox.keep(contract, replacing: replaces)
    }
    switch outcome {
    case .exists:
      throw Problem(
        .hookExists, "there is a contract \(Problem.quoted(contract.id)); replace=true replaces it"
      ) {
        $0.field("contract_id", contract.id)
      }
    case .tooMany:
      throw .hook("id", "there are \(rules.hooks.maxContracts) contracts (the setting hooks.max_contracts)")
    case .kept: break
    }
    // It may end by its time, which nobody waits for yet.
    await hooks.wake()
    var writer = JSONWriter()
    contract.write(into: &writer)
    return .response(.json(writer.take(), status: 201))
  }

  /// `DELETE hooks/contracts/{id}`
  func endContract(_ call: Call) async throws(Problem) -> Reply {
    let (id, now) = (call.id, clockMS())
    let ended = try await outbox { (outbox) throws(StoreError) in
      let change = try outbox.end(id, nowMS: now)
      return (change != nil, change.map { [$0] } ?? [])
    }
    guard ended else { throw .unknownContract(id) }
    var writer = JSONWriter()
    writer.object { writer in
      writer.field("status", "deactivated")
      writer.field("contract_id", id)
    }
    return .response(.json(writer.take()))
  }

  /// `POST hooks/contracts/{id}/test`
  func tryContract(_ call: Call) async throws(Problem) -> Reply {
    let (id, now, epoch) = (call.id, clockMS(), Epoch(store.feedEpoch))
    let event = HookEvent(testing: id, id: "\(epoch)-test-\(Secret.make(bytes: 6))", nowMS: now)
    let body = String(decoding: event.body, as: UTF8.self)
    let seq: Int64? = try await outbox { (outbox) throws(StoreError) in
      guard let known = try outbox.contracts().first(where: { $0.contract.id == id }) else {
        return (nil, [])
      }
      let seq = try outbox.insert(
        event, body, contract: id, url: known.contract.url, nowMS: now, refused: nil)
      return (seq, [])
    }
    guard let seq else { throw .unknownContract(id) }
    await hooks.wake()
    return Self.queued(DeliveryID(epoch: epoch, seq: seq))
  }

  /// The answer to what was put into the outbox by hand.
  static func queued(_ id: DeliveryID) -> Reply {
    var writer = JSONWriter()
    writer.object { writer in
      writer.field("delivery_id", id.description)
      writer.field("state", DeliveryRow.State.pending.rawValue)
    }
    return .response(.json(writer.take(), status: 202))
  }
}

extension HookContract {
  /// Whether the contract names the property, and accepts the value if one is given.
  fileprivate func asks(for property: String?, _ value: String?) -> Bool {
    guard let property else { return true }
    guard let criterion = criteria.properties[property] else { return false }
    return value.map { criterion.accepts([$0]) } ?? true
  }
}

extension Problem {
  /// No contract has this id.
  static func unknownContract(_ id: String) -> Problem {
    Problem(.hookNotFound, "there is no contract \(quoted(id))") { $0.field("contract_id", id) }
  }
}
