import StreamServer
import Wire

extension RouteTable {
  /// Who may come in (API sections 3, 6 and 8).
  static let access: [Route<ControlPlane>] = [
    Route(
      .get, "", mounts: [.root],
      "What runs here, as a page; with the ticket that `tailcast serve` prints, the browser gets its cookie.",
      parameters: [Parameter("ticket", .text(maximum: 256), "A one-time ticket.")],
      answers: [
        .init(200, "The page.", "text/html"), .init(303, "The cookie is set; go on without the ticket.", nil),
      ], errors: [.unauthorized, .invalidAPIKey], access: .anyone
    ) { plane, call throws(Problem) in .response(try await plane.home(call)) },
    Route(
      .post, "ws-ticket", "A ticket for one WebSocket, good for a short time.",
      answers: [.init(201, "The ticket.", schema: "Ticket")]
    ) { plane, _ throws(Problem) in .response(await plane.socketTicket()) },
    Route(
      .get, "auth/whoami", tier: .supporting, "Who the server takes the caller for.",
      answers: [.init(200, "The caller.", schema: "Caller")]
    ) { _, call throws(Problem) in .response(CallerJSON.response(call)) },
    Route(
      absent: .get, "auth/keys", tier: .supporting, "List access keys.", because: notBuilt),
    Route(
      absent: .post, "auth/keys", tier: .supporting, "Make an access key; it is shown once.",
      because: notBuilt),
    Route(
      absent: .delete, "auth/keys/{id}", tier: .supporting, "Revoke an access key.", because: notBuilt),
  ]
}
