import StreamServer
import Wire

extension ControlPlane {
  /// `GET /`
  func home(_ call: Call) throws(Problem) -> Response {
    if let ticket = call.text("ticket") {
      guard let cookie = gate.exchange(ticket: ticket, nowMS: clockMS()) else {
        throw Problem(
          .invalidAPIKey, "the ticket was used or has expired; `tailcast open` makes a new address")
      }
      return Response(
        status: 303,
        headers: [
          ("location", "/"), ("set-cookie", cookie), ("cache-control", "no-store"),
          ("referrer-policy", "no-referrer"),
        ])
    }
    return HTMLPage.response(
      title: "Tailcast",
      body: """
        <h1>Tailcast</h1><p>Version \(HTMLPage.escaped(rules.version)) runs here and shows the transcripts of coding \
        agents live.</p><ul><li><a href="/docs">All routes</a>, also as <a href="/openapi.json">OpenAPI</a></li>\
        <li><a href="/sessions">Sessions</a> and <a href="/health">health</a>, as JSON</li></ul>\
        <p>The README that comes with the program tells the rest.</p>
        """)
  }

  /// `POST ws-ticket`
  func socketTicket() -> Response { ticket(.socket, rules.gate.socketTicketLifetime) }

  /// `POST auth/ticket`
  func pageTicket() -> Response { ticket(.browser, rules.gate.browserTicketLifetime) }

  private func ticket(_ purpose: Tickets.Purpose, _ lifetime: Duration) -> Response {
    let ticket = gate.issueTicket(purpose, nowMS: clockMS())
    var writer = JSONWriter()
    writer.object { writer in
      writer.field("ticket", ticket)
      writer.field("expires_in", lifetime.components.seconds)
    }
    var response = Response.json(writer.take(), status: 201)
    response.headers.append(("cache-control", "no-store"))
    return response
  }
}

/// Writes who the server takes a caller for.
enum CallerJSON {
  static func response(_ call: Call) -> Response {
    let (identity, keyID) = describe(call.caller.identity)
    var writer = JSONWriter()
    writer.object { writer in
      writer.field("identity", identity)
      writer.fieldIfPresent("key_id", keyID)
      writer.field("address", call.caller.address)
      writer.field("local", call.caller.isLocal)
      writer.field("is_owner", Visibility.isOwner(call.caller))
      writer.key("web_user")
      if let user = call.caller.webUser {
        writer.object { writer in
          writer.field("email", user.email)
          writer.fieldOrNull("name", user.name)
          writer.fieldOrNull("role", user.role)
        }
      } else {
        writer.null()
      }
    }
    return .json(writer.take())
  }

  private static func describe(_ identity: Caller.Identity) -> (String, String?) {
    switch identity {
    case .unix: ("unix", nil)
    case .key(let id): ("key", id)
    case .cookie: ("cookie", nil)
    case .ticket: ("ticket", nil)
    case .nobody: ("nobody", nil)
    }
  }
}
