import Wire

extension Schemas {
  /// Webhooks.
  static let hooks: [(name: String, json: JSONSlice)] = [
    object(
      "HookCriterion",
      [
        "match":
          "{\"anyOf\":[\(text),{\"type\":\"array\",\"minItems\":1,\"maxItems\":256,\"items\":\(text)},{\"type\":\"null\"}]}",
        "pattern": maybeText, "required": maybe(flag),
      ], required: []),
    object(
      "HookContractRequest",
      [
        "id": maybe(id),
        "target":
          "{\"type\":\"object\",\"required\":[\"url\"],\"properties\":{\"url\":{\"type\":\"string\",\"format\":\"uri\"},"
          + "\"secret\":\(maybe("{\"type\":\"string\",\"minLength\":1}"))}}",
        "source_criterion": maybe(reference("HookCriterion")),
        "type_criterion": maybe(reference("HookCriterion")),
        "properties": maybe(criteria), "ttl_seconds": maybe("{\"type\":\"integer\",\"minimum\":1}"),
      ], required: ["target"]),
    object(
      "HookContract",
      [
        "id": text,
        "target":
          "{\"type\":\"object\",\"required\":[\"url\",\"signed\"],\"properties\":{\"url\":\(text),\"signed\":\(flag)}}",
        "source_criterion": maybe(reference("HookCriterion")),
        "type_criterion": maybe(reference("HookCriterion")),
        "properties": criteria, "created_at": time, "expires_at": maybeText, "pending": whole,
      ]),
    (
      "HookContractList",
      json(
        "{\"anyOf\":[\(wrapped("contracts", list(reference("HookContract")))),\(list(reference("HookContract")))]}"
      )
    ),
    object("HookContractEnd", ["status": words("deactivated"), "contract_id": text]),
    object("HookQueued", ["delivery_id": text, "state": words("pending")]),
    object(
      "HookProperties",
      [
        "sources": list(text), "types": list(text),
        "properties": list(
          "{\"type\":\"object\",\"required\":[\"name\",\"types\"],\"properties\":{\"name\":\(text),"
            + "\"types\":\(list(text))}}"),
      ]),
    object(
      "HookDelivery",
      [
        "id": text, "contract_id": text, "url": text, "event_id": text, "source": text, "type": text,
        "state": words("pending", "delivered", "failed"), "attempts": whole,
        "status": "{\"type\":[\"integer\",\"null\"]}", "reason": maybeText, "created_at": time,
        "updated_at": time,
        "next_attempt_at": maybeText,
      ]),
    (
      "HookDeliveryPage",
      json(
        "{\"anyOf\":[{\"type\":\"object\",\"required\":[\"deliveries\",\"next_before\"],\"properties\":{\"deliveries\":"
          + "\(list(reference("HookDelivery"))),\"next_before\":\(maybeText)}},\(list(reference("HookDelivery")))]}"
      )
    ),
  ]

  private static let criteria =
    "{\"type\":\"object\",\"maxProperties\":64,\"additionalProperties\":\(reference("HookCriterion"))}"
}
