import Glibc
import Store
import StreamServer
import Wire

extension ControlPlane {
  /// `GET computers`: this machine; several are told of by a broker, which there is none of.
  func listComputers(_ call: Call) async -> Reply {
    let user = await disk.run { getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } }
    return call.list("computers") { writer in
      writer.object { json in
        json.field("name", self.rules.computer)
        json.field("status", self.phase == .draining ? "offline" : "online")
        json.fieldOrNull("user", user)
        json.field("host", self.rules.computer)
        json.field("is_local", true)
        json.field("started_at", Timestamp.text(self.rules.startedAtMS))
        json.fieldOrNull("role", nil as String?)
        json.fieldOrNull("system_stats", nil as String?)
        json.fieldOrNull("tmux_binary", nil as String?)
      }
    }
  }

  /// `GET people`
  func listPeople(_ call: Call) async throws(Problem) -> Reply {
    let people = try await people()
    return call.list("people", bareAt: [.root, .api]) { writer in
      for person in people { person.write(into: &writer) }
    }
  }

  /// The people of the file, read anew: it is edited by hand.
  func people() async throws(Problem) -> [Person] {
    guard let reload = rules.people else { return [] }
    do throws(PeopleFault) {
      return try await disk.run { reload() }.get()
    } catch {
      throw Problem(
        .peopleUnreadable, "the file of the setting people cannot be read; the log says where and why",
        inner: error.reason)
    }
  }

  /// `GET todos`
  func listTodos(_ call: Call) async throws(Problem) -> Reply {
    let computer = rules.computer
    let isHere = call.text("computer").map { $0 == computer || $0 == "local" } ?? true
    let projects = isHere ? try await read { (reader) throws(StoreError) in try reader.projects() } : []
    let wanted = call.text("project")
    let paths = projects.filter { wanted == nil || $0.path == wanted || $0.id == wanted }.map(\.path)
    let todos = await disk.run { paths.flatMap(Todo.list) }
    return call.list("todos") { writer in
      for todo in todos { todo.write(computer: computer, into: &writer) }
    }
  }

  /// `GET agents/availability`
  func agentAvailability() async throws(Problem) -> Reply {
    let rows = try await agentStatuses()
    return .response(
      .object { json in
        for row in rows {
          json.key(row.agent)
          row.write(into: &json)
        }
      })
  }

  /// What holds for each agent now, by name.
  func agentStatuses() async throws(Problem) -> [AgentStatus] {
    let rows = try await read { (reader) throws(StoreError) in
      try reader.query("SELECT agent, status, reason, until_ms FROM agent_status", row: AgentStatus.init)
    }
    let nowMS = clockMS()
    return rules.agents.sorted().map { name in
      (rows.first { $0.agent == name } ?? .unsaid(name)).at(nowMS)
    }
  }

  /// `POST agents/{agent}/status`
  func setAgentStatus(_ call: Call) async throws(Problem) -> Reply {
    let agent = call.text("agent") ?? ""
    let body = try call.body()
    guard let word = try body.choice("status", of: AgentStatus.Status.allCases.map(\.rawValue)),
      let status = AgentStatus.Status(rawValue: word)
    else { throw body.invalid("status", "is missing") }
    let reason = try body.text("reason", maximum: 1000)
    let minutes = try body.number("duration_minutes", in: 1...525_600)
    guard rules.agents.contains(agent) else {
      throw Problem(.agentNotFound, "there is no agent \(Problem.quoted(agent))") { $0.field("agent", agent) }
    }
    let nowMS = clockMS()
    let row = AgentStatus(
      agent: agent, status: status, reason: status == .available ? nil : reason,
      untilMS: status == .available ? nil : minutes.map { nowMS + Int64($0) * 60_000 })
    try await commit { (database) throws(StoreError) in
      try database.run(
        """
        INSERT INTO agent_status(agent, status, reason, until_ms, updated_ms) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT(agent) DO UPDATE SET status = excluded.status, reason = excluded.reason,
          until_ms = excluded.until_ms, updated_ms = excluded.updated_ms
        """, agent, status.rawValue, row.reason, row.untilMS, nowMS)
      let change = Change(nowMS: nowMS, "inventory", "agent.availability") { json in
        json.field("agent", agent)
        json.key("availability")
        row.write(into: &json)
      }
      return ((), [change])
    }
    var writer = JSONWriter()
    row.write(into: &writer)
    return .response(.json(writer.take()))
  }
}
