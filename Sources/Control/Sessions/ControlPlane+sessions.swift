import Store
import StreamServer
import Tail
import Wire

extension ControlPlane {
  /// `GET sessions`
  func listSessions(_ call: Call) async throws(Problem) -> Reply {
    let page = try await sessionPage(call)
    var writer = JSONWriter(reserving: 1024 * (page.views.count + 1))
    let list = { (writer: inout JSONWriter) in
      writer.array { writer in
        for view in page.views { self.sessionJSON.write(view, mount: call.mount, into: &writer) }
      }
    }
    if call.mount == .root {
      list(&writer)
    } else {
      writer.object { writer in
        writer.key("sessions")
        list(&writer)
        page.writeNumbers(into: &writer)
      }
    }
    var response = Response.json(writer.take())
    response.headers.append(("x-total-count", "\(page.ids.count)"))
    return .response(EntityTag.tag(response, for: call.request))
  }

  /// The sessions that a list's parameters choose, and the page that they ask for.
  func sessionPage(_ call: Call) async throws(Problem) -> SessionPage {
    var filter = SessionFilter(call, computer: rules.computer)
    filter.isSeen = sessionsSeen(by: call.caller)
    if let words = call.text("search") { filter.ids = try await matching(words) }
    let order = call.text("sort").flatMap { SessionIndex.Order(rawValue: $0) } ?? .updated
    let ids = index.ids(by: order, descending: call.text("order") != "asc", where: filter.passes)
    var page = SessionPage(ids: ids, number: call.number("page") ?? 1, size: call.number("page_size") ?? 50)
    for id in page.shown {
      if let entry = await sessions.entry(id) { page.views.append(await view(entry)) }
    }
    return page
  }

  private func matching(_ words: String) async throws(Problem) -> Set<String> {
    do {
      return try await store.sessionIDs(matching: words)
    } catch {
      throw .store(error)
    }
  }

  /// `GET sessions/{id}`
  func showSession(_ call: Call) async throws(Problem) -> Reply {
    let entry = try await session(call.id)
    let wanted = Set(call.words("include"))
    let addsMessages = call.mount == .api || wanted.contains("messages")
    let addsCheckpoints = call.mount == .api || wanted.contains("checkpoints")
    let view = await view(entry)
    let facts = try? await sessions.facts(entry.id)
    var page: HistoryPage?
    if addsMessages || addsCheckpoints, let facts {
      page = try await history(facts, .tail(200), before: nil, limit: 200)
    }
    let cursor = facts.flatMap { facts in facts.epoch.map { Cursor(epoch: $0, offset: facts.head) } }
    var writer = JSONWriter(reserving: 2048)
    let add = { (writer: inout JSONWriter) in
      if addsMessages {
        writer.key("messages")
        writer.array {
          MessagesJSON(call, facts, session: entry.id, showsAll: true).append(page?.lines ?? [], into: &$0)
        }
      }
      if addsCheckpoints {
        writer.key("checkpoints")
        CheckpointsJSON.write(page?.lines ?? [], into: &writer)
      }
    }
    if call.mount == .root {
      sessionJSON.teleclaude(view, into: &writer)
    } else {
      writer.object { writer in
        writer.key("session")
        sessionJSON.canonical(view, cursor: cursor, into: &writer)
        add(&writer)
      }
    }
    return .response(.json(writer.take()))
  }

  /// The session that a path names.
  func session(_ id: String) async throws(Problem) -> SessionEntry {
    guard let entry = await sessions.entry(id) else { throw .unknownSession(id) }
    return entry
  }
}

extension Problem {
  /// No session has this id.
  static func unknownSession(_ id: String) -> Problem {
    Problem(.sessionNotFound, "there is no session \(quoted(id))") { $0.field("session_id", id) }
  }

  /// The database cannot answer.
  static func store(_ error: StoreError) -> Problem {
    Problem(.storeUnavailable, "the database cannot answer just now; /health says more", inner: "\(error)")
  }
}
