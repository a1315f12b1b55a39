import Glibc
import Wire

extension Shard {
  /// A message of TeleClaude's clients: `{"subscribe":…}`, `{"unsubscribe":…}`, `{"refresh":true}`; false if it is none.
  func handleTeleClaude(
    _ message: JSONSlice, on connection: Connection, _ session: WebSocketSession
  ) -> Bool {
    if let wanted = message["subscribe"] {
      session.isTeleClaude = true
      let types = teleClaudeTypes(wanted)
      session.changes.formUnion(types.contains("sessions") ? ["sessions", "activity"] : [])
      if !session.changes.isEmpty { watchChanges(connection, session, after: nil) }
      // The list after the position: a session that comes in between is in both, never in neither.
      whenPlaced(connection) { shard, connection in
        for type in types { shard.sendInitial(type, to: connection.id) }
      }
      return true
    }
    if message["unsubscribe"] != nil {
      session.changes = []
      endFeed(connection)
      return true
    }
    if message["refresh"]?.bool == true {
      session.isTeleClaude = true
      sendInitial("sessions", to: connection.id)
      return true
    }
    return false
  }

  private func teleClaudeTypes(_ wanted: JSONSlice) -> [String] {
    if let one = wanted.string { return [one] }
    let types = wanted["types"]?.elements.compactMap(\.string) ?? []
    return types.isEmpty ? ["sessions"] : types
  }

  /// The whole list, as the root mount shows it.
  private func sendInitial(_ type: String, to id: UInt64) {
    let path: String
    let event: String
    switch type {
    case "sessions": (path, event) = ("/sessions", "sessions_initial")
    case "projects": (path, event) = ("/projects", "projects_initial")
    default: return
    }
    Task {
      let list = await self.fetch(path)
      guard let connection = self.connections[id] else { return }
      self.sendJSON(connection) { json in
        json.field("event", event)
        json.key("data")
        json.object { data in
          data.fieldOrNull("computer", Optional<String>.none)
          // Its clients walk the list: what is not served yet is an empty one.
          let shown = list.kind == .array ? list : JSONSlice(Array("[]".utf8))
          if type == "sessions" { data.field("sessions", shown) } else { data.field("projects", shown) }
        }
      }
      self.pump(connection)
    }
  }

  /// A change by TeleClaude's name.
  func sendTeleClaudeChange(_ event: FeedEvent, on connection: Connection) {
    let name: String
    switch event.type {
    case "session.created": name = "session_started"
    case "session.updated", "session.status": name = "session_updated"
    case "session.closed": name = "session_closed"
    case "agent.activity": name = "agent_activity"
    default: return
    }
    guard let session = event.sessionID else { return }
    if name == "session_closed" || name == "agent_activity" {
      sendJSON(connection) { json in
        json.field("event", name)
        json.key("data")
        json.object { data in
          data.field("session_id", session)
          if name == "agent_activity" { data.field("activity", JSONSlice(event.payload)) }
        }
      }
      return
    }
    let id = connection.id
    Task {
      let object = await self.fetch("/sessions/" + session)
      guard let connection = self.connections[id] else { return }
      self.sendJSON(connection) { json in
        json.field("event", name)
        json.field("data", object)
      }
      self.pump(connection)
    }
  }

  /// What the root mount answers to this server's own user: the shapes stay in one place.
  private func fetch(_ target: String) async -> JSONSlice {
    let head = RequestHead(
      method: .get, target: target, minorVersion: 1, headers: Headers([("host", "localhost")]), body: .none)
    let request = Request(id: RequestID.make(), head: head, body: [], peer: .unix(uid: geteuid()))
    guard case .response(let response) = await context.handle(request), response.status == 200 else {
      return .null
    }
    return JSONSlice(validating: response.body) ?? .null
  }
}
