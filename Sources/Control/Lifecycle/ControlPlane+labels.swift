import StreamServer
import Tail
import Wire

extension ControlPlane {
  /// `PATCH sessions/{id}`
  func patchSession(_ call: Call) async throws(Problem) -> Reply {
    let body = try call.body()
    let title = try body.text("title", "display_name", "name", maximum: SessionLabels.titleLimit)
    let tags = try SessionLabels.tags(body)
    let mode = try body.text("mode", maximum: 64)
    let visibility = try body.choice("visibility", of: ["private", "shared", "public"])
    let (isPinned, isArchived) = (try body.flag("pinned"), try body.flag("archived"))
    let metadata = try SessionLabels.metadata(body)
    let fields = [
      "title", "display_name", "displayName", "name", "tags", "mode", "visibility", "pinned", "archived",
    ]
    guard !Set(body.names).isDisjoint(with: fields + ["metadata", "session_metadata", "sessionMetadata"])
    else {
      throw .invalid("body", "must have one of title, tags, mode, visibility, pinned, archived, metadata")
    }
    if visibility != nil, try await session(call.id).parent != nil {
      throw .invalid("visibility", "of a sub-agent's session is that of the session that it works for")
    }
    return try await change(call) { session in
      // An empty title takes the own one back: the agent's is shown again.
      if let title { session.title = title.isEmpty ? nil : title }
      if let tags { session.tags = tags }
      if let mode { session.mode = mode.isEmpty ? nil : mode }
      if let visibility { session.visibility = visibility }
      if let isPinned { session.isPinned = isPinned }
      if let isArchived { session.isArchived = isArchived }
      if let metadata { session.metadata = metadata }
    }
  }

  /// `PATCH sessions/{id}/tags`
  func replaceTags(_ call: Call) async throws(Problem) -> Reply {
    let body = try call.body()
    guard let tags = try SessionLabels.tags(body) else { throw body.invalid("tags", "is missing") }
    return try await change(call) { $0.tags = tags }
  }

  /// `POST sessions/{id}/promote`
  func promoteSession(_ call: Call) async throws(Problem) -> Reply {
    let body = try call.body()
    let project = try body.requiredText("project_id", maximum: 4096)
    _ = try await session(call.id)
    _ = try await projectDirectory(project)
    return try await change(call) { $0.projectID = project }
  }

  /// `GET sessions/patches`
  func listPatches(_ call: Call) async throws(Problem) -> Reply {
    let since = call.time("since")?.milliseconds
    var writer = JSONWriter(reserving: 4096)
    let isSeen = sessionsSeen(by: call.caller)
    let ids = index.ids(by: .updated, descending: true) { row in
      isSeen?(row.id) != false && row.status != "closed" && since.map { row.updatedMS >= $0 } ?? true
    }
    var views: [SessionView] = []
    for id in ids.prefix(1000) {
      if let entry = await sessions.entry(id) { views.append(await view(entry)) }
    }
    writer.object { writer in
      writer.key("patches")
      writer.array { writer in
        for view in views {
          writer.object { writer in
            writer.field("session_id", view.id)
            writer.field("status", view.status)
            writer.fieldOrNull("activity", view.activity)
            writer.fieldOrNull("title", view.title)
            writer.field("updated_at", Timestamp.text(view.updatedMS))
          }
        }
      }
    }
    return .response(EntityTag.tag(.json(writer.take()), for: call.request))
  }

  private func change(
    _ call: Call, _ body: @Sendable (inout ManagedSession) -> Void
  ) async throws(Problem) -> Reply {
    let entry = try await session(call.id)
    do throws(DeskFault) {
      try await desk.label(entry, body)
    } catch {
      throw .desk(error)
    }
    var writer = JSONWriter(reserving: 2048)
    let view = await view(entry)
    if call.mount == .root {
      sessionJSON.teleclaude(view, into: &writer)
    } else {
      writer.object { writer in
        writer.key("session")
        sessionJSON.canonical(view, into: &writer)
      }
    }
    return .response(.json(writer.take()))
  }
}

extension SessionDesk {
  /// Changes what is said about a session; one that was discovered is known here from then on.
  func label(_ entry: SessionEntry, _ body: (inout ManagedSession) -> Void) async throws(DeskFault) {
    var session: ManagedSession
    if let known = managed(entry.id) { session = known } else { session = discovered(entry) }
    body(&session)
    session.updatedMS = clockMS()
    try await put(session, .updated)
  }
}
