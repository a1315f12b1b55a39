import StreamServer
import Wire

extension ControlPlane {
  /// `POST ws-ticket`
  func socketTicket(_ call: Call) -> Response {
    ticket(.socket, rules.gate.socketTicketLifetime, call)
  }

  /// `POST auth/ticket`
  func pageTicket(_ call: Call) -> Response {
    ticket(.browser, rules.gate.browserTicketLifetime, call)
  }

  private func ticket(_ purpose: Tickets.Purpose, _ lifetime: Duration, _ call: Call) -> Response {
    let ticket = gate.issueTicket(purpose, by: call.caller.identity, nowMS: clockMS())
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
