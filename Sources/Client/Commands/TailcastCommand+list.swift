import Wire

extension TailcastCommand {
  /// Most sessions of one page of the route.
  private static let pageSize = 100

  /// `tailcast ls`.
  func list(_ query: SessionQuery, _ access: ServerAccess) throws(CommandFailure) {
    var sessions: [JSONSlice] = []
    var total = 0
    var page = 1
    while true {
      let size = min(Self.pageSize, query.limit)
      let parameters = parameters(query, page: page, size: size)
      let body =
        query.search != nil && page == 1
        ? try search("/api/v1/sessions", query: parameters, access)
        : try access.read("/api/v1/sessions", query: parameters)
      guard let answer = JSONSlice(validating: body), let items = answer["sessions"]?.elements else {
        throw CommandFailure(.failed, "the list of sessions cannot be read")
      }
      sessions += items
      total = answer["total"]?.int.flatMap { Int(exactly: $0) } ?? sessions.count
      page += 1
      if items.count < size || sessions.count >= min(query.limit, total) { break }
    }
    show(Array(sessions.prefix(query.limit)), total: total, access)
  }

  private func parameters(_ query: SessionQuery, page: Int, size: Int) -> [(String, String)] {
    var parameters = [
      ("page", "\(page)"), ("page_size", "\(size)"), ("sort", "last_message_at"), ("order", "desc"),
    ]
    if query.all { parameters.append(("all", "true")) }
    if let agent = query.agent { parameters.append(("agent", agent)) }
    if let words = query.search { parameters.append(("search", words)) }
    return parameters
  }

  private func show(_ sessions: [JSONSlice], total: Int, _ access: ServerAccess) {
    if access.json {
      var writer = JSONWriter()
      writer.object {
        $0.key("sessions")
        $0.array { for session in sessions { $0.raw(session) } }
        $0.field("total", total)
      }
      return output.line(json: writer.bytes)
    }
    if sessions.isEmpty {
      let roots = access.configuration.roots.map(\.description).joined(separator: ", ")
      return output.note("no sessions; watched: \(roots)")
    }
    var table = TextTable([
      ("ID", 128), ("AGENT", 10), ("STATUS", 14), ("LAST", 6), ("TITLE", 50), ("PROJECT", 80),
    ])
    let now = Timestamp.now
    for session in sessions {
      let last = session["last_message_at"]?.string ?? session["updated_at"]?.string
      table.add([
        session["id"]?.string ?? "", session["agent"]?.string ?? "", session["status"]?.string ?? "",
        last.flatMap { Timestamp($0) }.map { MomentText.age($0, now: now) } ?? "",
        session["title"]?.string ?? session["last_message"]?.string ?? "",
        session["project_path"]?.string ?? "",
      ])
    }
    for line in table.lines { output.line(line) }
    if total > sessions.count { output.note("\(sessions.count) of \(total) sessions; -n shows more") }
  }
}
