import StreamServer
import Wire

extension RouteTable {
  /// Outbound webhooks (API section 5).
  static let hooks: [Route<ControlPlane>] = [
    Route(
      .get, "hooks/contracts", "List the contracts of webhooks; their secrets are never shown.",
      parameters: [
        Parameter("property", .text(maximum: 512), "Contracts that ask for this property."),
        Parameter("value", .text(maximum: 512), "Of those, the ones that this value of it satisfies."),
      ],
      answers: [
        .init(200, "The contracts; without a prefix a bare array.", schema: "HookContractList"),
        .init(304, "The list is the one that If-None-Match names.", nil),
      ], errors: [.storeUnavailable], access: .owners
    ) { plane, call throws(Problem) in try await plane.listContracts(call) },
    Route(
      .post, "hooks/contracts", "Have events sent to an address.",
      parameters: [Parameter("replace", .flag, default: "false", "Replace the contract of the same id.")],
      body: .json(schema: "HookContractRequest", required: true),
      answers: [.init(201, "The contract.", schema: "HookContract")],
      errors: [.hookExists, .hookUnprocessable, .storeUnavailable], access: .owners
    ) { plane, call throws(Problem) in try await plane.makeContract(call) },
    Route(
      .delete, "hooks/contracts/{id}",
      "End a contract; what waits for its receiver becomes dead letters.", parameters: [contractID],
      answers: [.init(200, "It has ended.", schema: "HookContractEnd")],
      errors: [.hookNotFound, .storeUnavailable], access: .owners
    ) { plane, call throws(Problem) in try await plane.endContract(call) },
    Route(
      .get, "hooks/properties", "What contracts can ask for, as the newest events have it.",
      answers: [.init(200, "Sources, types and properties.", schema: "HookProperties")],
      errors: [.storeUnavailable], access: .owners
    ) { plane, _ throws(Problem) in try await plane.listHookProperties() },
    Route(
      .post, "hooks/contracts/{id}/test", tier: .supporting,
      "Send a contract's receiver an event hook.test, behind what waits for it.", parameters: [contractID],
      answers: [.init(202, "It is in the outbox.", schema: "HookQueued")],
      errors: [.hookNotFound, .storeUnavailable], access: .owners
    ) { plane, call throws(Problem) in try await plane.tryContract(call) },
    Route(
      .get, "hooks/deliveries", tier: .supporting, "The log of deliveries, newest first.",
      parameters: [
        Parameter("contract_id", .id, "Deliveries of this contract."),
        Parameter(
          "state", .choice(DeliveryRow.State.allCases.map(\.rawValue)),
          "Deliveries in this state; failed ones are dead letters."),
        Parameter("before", .id, "Deliveries before the one with this id."),
        Parameter("limit", .number(1...500), default: "50", "Most deliveries."),
      ],
      answers: [.init(200, "The page; without a prefix a bare array.", schema: "HookDeliveryPage")],
      errors: [.deliveryNotFound, .storeUnavailable], access: .owners
    ) { plane, call throws(Problem) in try await plane.listDeliveries(call) },
    Route(
      .get, "hooks/deliveries/{id}", tier: .supporting, "One delivery.", parameters: [deliveryID],
      answers: [.init(200, "The delivery.", schema: "HookDelivery")],
      errors: [.deliveryNotFound, .storeUnavailable], access: .owners
    ) { plane, call throws(Problem) in try await plane.showDelivery(call) },
    Route(
      .post, "hooks/deliveries/{id}/redeliver", tier: .supporting,
      "Try a finished delivery again, from its first attempt on.", parameters: [deliveryID],
      answers: [.init(202, "It is in the outbox.", schema: "HookQueued")],
      errors: [.deliveryNotFound, .deliveryPending, .storeUnavailable], access: .owners
    ) { plane, call throws(Problem) in try await plane.redeliver(call) },
  ]

  private static let contractID = Parameter("id", .id, in: .path, "The contract's id.")
  private static let deliveryID = Parameter("id", .id, in: .path, "The delivery's id.")
}
