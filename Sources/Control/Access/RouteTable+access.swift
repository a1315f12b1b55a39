import StreamServer
import Wire

extension RouteTable {
  /// Who may come in (API sections 3, 6 and 8).
  static let access: [Route<ControlPlane>] = [
    Route(
      .post, "ws-ticket", "A ticket for one WebSocket, good for a short time.",
      answers: [.init(201, "The ticket.", schema: "Ticket")], access: .owners
    ) { plane, call throws(Problem) in .response(await plane.socketTicket(call)) },
    Route(
      .post, "auth/ticket", mounts: [.api, .v1], tier: .supporting,
      "A ticket that lets one browser in, once: the home page with ?ticket= gives it a cookie.",
      answers: [.init(201, "The ticket.", schema: "Ticket")], access: .owners
    ) { plane, call throws(Problem) in .response(await plane.pageTicket(call)) },
    Route(
      .get, "auth/whoami", tier: .supporting, "Who the server takes the caller for.",
      answers: [.init(200, "The caller.", schema: "Caller")]
    ) { _, call throws(Problem) in .response(CallerJSON.response(call)) },
    Route(
      .get, "auth/keys", tier: .supporting, "List access keys; the key of the key file is not among them.",
      answers: Operation.Answer.list("AccessKey", "The keys, without what opens."),
      errors: [.storeUnavailable], access: .owners
    ) { plane, call throws(Problem) in try await plane.listKeys(call) },
    Route(
      .post, "auth/keys", tier: .supporting, "Make an access key; it is shown once and works at once.",
      body: .json(schema: "AccessKeyDraft", required: true),
      answers: [.init(201, "The key.", schema: "AccessKeyMade")],
      errors: [.limitReached, .storeUnavailable], access: .owners
    ) { plane, call throws(Problem) in try await plane.makeKey(call) },
    Route(
      .delete, "auth/keys/{id}", tier: .supporting,
      "Revoke an access key, at once: streams and sockets that it opened end too.",
      parameters: [
        Parameter(
          "id", .id, in: .path, "The key's id; `browsers` for the cookies of all browsers that were let in.")
      ],
      answers: [.init(204, "It opens nothing any more.", nil)],
      errors: [.keyNotFound, .keyIsFile, .storeUnavailable], access: .owners
    ) { plane, call throws(Problem) in try await plane.revokeKey(call) },
  ]
}

extension Schemas {
  /// What the routes of access keys take and answer.
  static let access: [(name: String, json: JSONSlice)] = [
    object("AccessKey", ["id": text, "name": text, "created_at": time, "last_used_at": maybeText]),
    object("AccessKeyList", ["keys": list(reference("AccessKey"))]),
    ("AccessKeyArray", json(list(reference("AccessKey")))),
    object("AccessKeyDraft", ["name": filled(128)]),
    object("AccessKeyMade", ["id": text, "name": text, "key": text, "created_at": time]),
  ]
}
