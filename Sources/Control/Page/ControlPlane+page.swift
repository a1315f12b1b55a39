import StreamServer

extension ControlPlane {
  /// `GET /`
  func home(_ call: Call) throws(Problem) -> Response {
    do {
      if let ticket = call.text("ticket") { return try enter(ticket) }
      _ = try gate.admit(call.request, access: .identified, delivery: .response, nowMS: clockMS())
    } catch {
      guard Self.readsPages(call.request) else { throw error }
      return Self.closedDoor(error)
    }
    return try Self.file("index.html", call)
  }

  /// `GET page/{file}`
  static func pageFile(_ call: Call) throws(Problem) -> Response {
    try file(call.captures["file"] ?? "", call)
  }

  /// A file of the page by its name.
  static func file(_ name: String, _ call: Call) throws(Problem) -> Response {
    guard let file = PageFile.all[name] else {
      throw Problem(.fileNotFound, "the page has no file \(Problem.quoted(name))")
    }
    return file.response(to: call.request)
  }

  private func enter(_ ticket: String) throws(Problem) -> Response {
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

  /// Whether a browser asks, for a page to show.
  private static func readsPages(_ request: Request) -> Bool {
    request.head.headers.all("accept").contains { $0.lowercased().contains("text/html") }
  }

  /// What a person sees who has no cookie yet, or an old ticket: not an error in JSON but the way in.
  private static func closedDoor(_ problem: Problem) -> Response {
    var response = HTMLPage.response(
      title: "Tailcast",
      body: """
        <h1>Tailcast</h1><p>This server shows the transcripts of coding agents to those who may see them.</p>\
        <p>Run <code>tailcast open</code> on the machine that it runs on, or open the address that \
        <code>tailcast serve</code> prints. An address works once; after that this browser is known for 30 days.</p>\
        <p>Refused now: \(HTMLPage.escaped(problem.message)).</p>
        """)
    response.status = problem.status
    response.headers += problem.headers
    return response
  }
}
