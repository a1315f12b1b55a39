import Store
import StreamServer
import Tail
import Wire

extension ControlPlane {
  /// `DELETE sessions/{id}`
  func deleteSession(_ call: Call) async throws(Problem) -> Reply {
    do throws(DeskFault) {
      if call.flag("purge") == true { try await desk.purge(call.id) } else { try await desk.close(call.id) }
    } catch {
      throw .desk(error)
    }
    return .response(Response(status: 204))
  }

  /// `POST sessions/{id}/kill`
  func killSession(_ call: Call) async throws(Problem) -> Reply {
    do throws(DeskFault) {
      try await desk.close(call.id)
    } catch {
      throw .desk(error)
    }
    return .response(Response(status: 204))
  }

  /// `POST sessions/{id}/agent-restart`
  func restartAgent(_ call: Call) async throws(Problem) -> Reply {
    try checkServing()
    do throws(DeskFault) {
      return Self.accepted(try await desk.restart(call.id))
    } catch {
      throw .desk(error)
    }
  }

  /// `POST sessions/{id}/revive`
  func reviveSession(_ call: Call) async throws(Problem) -> Reply {
    try checkServing()
    do throws(DeskFault) {
      return Self.accepted(try await desk.revive(call.id))
    } catch {
      throw .desk(error)
    }
  }

  /// `POST sessions/{id}/control`
  func controlSession(_ call: Call) async throws(Problem) -> Reply {
    try checkServing()
    let body = try call.body()
    let mode = try body.requiredText("permission_mode", "mode", maximum: 64)
    guard let session = await desk.managed(call.id), session.isManaged else {
      _ = try await self.session(call.id)
      throw .desk(.notManaged(call.id))
    }
    guard let profile = await desk.agentProfile(session) else {
      throw .desk(.unknownAgent(session.agent, known: Array(rules.lifecycle.agents.keys)))
    }
    var choices = session.choices
    choices.permissionMode = mode
    if let (field, reason) = profile.refusal(of: choices) { throw .invalid(field, reason) }
    try checkMode(mode, by: call.caller)
    do throws(DeskFault) {
      return Self.accepted(try await desk.restart(session.id, as: .control, with: mode))
    } catch {
      throw .desk(error)
    }
  }

  /// `GET operations/{id}`
  func showOperation(_ call: Call) async throws(Problem) -> Reply {
    let id = call.id
    let work = try await read { (reader) throws(StoreError) in
      try reader.query("SELECT \(LongWork.columns) FROM operations WHERE id = ?", [id], row: { LongWork($0) })
    }.compactMap { $0 }.first
    guard let work else {
      throw Problem(.operationNotFound, "there is no operation \(Problem.quoted(id))") { $0.field("id", id) }
    }
    try checkSession(work.session, call.caller)
    var writer = JSONWriter()
    writer.object { work.write(into: &$0) }
    return .response(.json(writer.take()))
  }

  /// `POST sessions/cleanup`
  func cleanUpSessions(_ call: Call) async throws(Problem) -> Reply {
    let body = try call.body()
    let hours = try body.number("older_than_hours", in: 0...100_000) ?? 72
    let ids: [String]
    do throws(DeskFault) {
      ids = try await desk.cleanUp(before: clockMS() - Int64(hours) * 3_600_000 + 1)
    } catch {
      throw .desk(error)
    }
    var writer = JSONWriter()
    writer.object { writer in
      writer.field("status", "success")
      writer.field("cleaned", ids.count)
      writer.key("session_ids")
      writer.array { writer in for id in ids { writer.value(id) } }
    }
    return .response(.json(writer.take()))
  }

  /// The answer to a request for work that goes on, with what `more` adds.
  static func accepted(_ work: LongWork, more: (inout JSONWriter) -> Void = { _ in }) -> Reply {
    var writer = JSONWriter()
    writer.object { writer in
      writer.field("status", "accepted")
      work.write(into: &writer)
      more(&writer)
    }
    var response = Response.json(writer.take(), status: 202)
    response.headers.append(("location", "/api/v1/operations/\(work.id)"))
    return .response(response)
  }
}
