import Store
import StreamServer
import Tail
import Wire

extension ControlPlane {
  /// `POST sessions`
  func createSession(_ call: Call) async throws(Problem) -> Reply {
    try checkServing()
    let body = try NewSessionBody(try call.body())
    let session = try await createSession(body, call)
    return try await Self.created(session, view(session), call, sessionJSON)
  }

  /// Begins the session of a body.
  func createSession(_ body: NewSessionBody, _ call: Call) async throws(Problem) -> ManagedSession {
    if let computer = body.computer, computer != rules.computer, computer != "local" {
      throw .invalid("computer", "sessions are started on \(rules.computer) only")
    }
    let name = body.agent ?? rules.lifecycle.defaultAgent
    guard let profile = rules.lifecycle.agents[name] else {
      throw .desk(.unknownAgent(name, known: Array(rules.lifecycle.agents.keys)))
    }
    // Going on with an agent's session is a change of it.
    if let id = body.nativeID { try checkSession(id, call.caller, isChange: true) }
    if let (field, reason) = profile.refusal(of: body.choices) { throw .invalid(field, reason) }
    let place = try await place(body)
    try await checkStart(body.kind, body.choices.permissionMode, in: place.directory, by: call.caller)
    var new = NewSession(
      profile: profile, kind: body.kind, directory: place.directory, projectPath: place.project)
    new.nativeID = body.nativeID
    new.projectID = body.projectID
    new.subdir = body.subdir
    new.title = body.title
    new.mode = body.mode
    new.tags = body.tags
    new.metadata = body.metadata
    new.humanEmail = call.caller.webUser?.email ?? body.humanEmail
    new.humanRole = call.caller.webUser?.role ?? body.humanRole
    new.initiatorID = body.initiatorID
    new.choices = body.choices
    var first: FirstMessage?
    if let text = body.message, body.kind == .agentThenMessage || body.kind == .agentResume {
      try Self.check(text, for: profile.kind, field: "message")
      first = messages.first(text)
    }
    let session: ManagedSession
    do throws(DeskFault) {
      session = try await desk.create(new) { [first] id, database throws(StoreError) in
        try first?.store(session: id, in: database) ?? []
      }
    } catch {
      throw .desk(error)
    }
    if let first { await messages.begin(first, session: session.id) }
    return session
  }

  /// Where the agent is to run, by its real path: a symbolic link must not lead out of the project.
  private func place(_ body: NewSessionBody) async throws(Problem) -> (project: String, directory: String) {
    let path: String
    let field: String
    if let id = body.projectID {
      (path, field) = (try await projectDirectory(id), "project_id")
    } else if let given = body.projectPath {
      (path, field) = (given, "project_path")
    } else {
      throw .invalid("project_path", "is missing; it or project_id says where the agent runs")
    }
    guard path.hasPrefix("/") else { throw .invalid(field, "must be an absolute path") }
    guard let project = await desk.premises.directory(path) else {
      throw .invalid(field, "is no directory that can be entered: \(Problem.quoted(path))")
    }
    guard let subdir = body.subdir, !subdir.isEmpty else { return (project, project) }
    guard let directory = await desk.premises.directory(project + "/" + subdir),
      directory == project || directory.hasPrefix(project == "/" ? "/" : project + "/")
    else { throw .invalid("subdir", "is no directory of the project: \(Problem.quoted(subdir))") }
    return (project, directory)
  }

  /// The directory of a project.
  func projectDirectory(_ id: String) async throws(Problem) -> String {
    guard let project = try await read({ (reader) throws(StoreError) in try reader.project(id) }) else {
      throw .unknownProject(id)
    }
    return project.path
  }

  /// `POST sessions/{id}/fork`
  func forkSession(_ call: Call) async throws(Problem) -> Reply {
    try checkServing()
    let body = try call.body()
    let title = try body.text("title", "display_name", maximum: SessionLabels.titleLimit)
    let prompt = try body.text("prompt", "message", maximum: NewSessionBody.messageLimit)
    let entry = try await self.session(call.id)
    let point = try await checkpoint(body, of: entry)
    var first: FirstMessage?
    if let prompt {
      guard !prompt.allSatisfy(\.isWhitespace) else { throw body.invalid("prompt", "must not be blank") }
      try Self.check(prompt, for: entry.agent, field: "prompt")
      first = messages.first(prompt)
    }
    if let parent = await desk.managed(call.id) {
      try await checkStart(
        .agentResume, parent.choices.permissionMode, in: parent.directory, by: call.caller)
    }
    let session: ManagedSession
    do throws(DeskFault) {
      session = try await desk.fork(call.id, title: title, at: point) {
        [first] id, database throws(StoreError) in
        try first?.store(session: id, in: database) ?? []
      }
    } catch {
      throw .desk(error)
    }
    if let first { await messages.begin(first, session: session.id) }
    return try await Self.created(session, view(session), call, sessionJSON)
  }

  /// A session that is steered here, as it is shown.
  func view(_ session: ManagedSession) async throws(Problem) -> SessionView {
    guard let entry = await sessions.entry(session.id) else { throw .unknownSession(session.id) }
    return SessionView(entry: entry, managed: session)
  }

  private static func created(
    _ session: ManagedSession, _ view: SessionView, _ call: Call, _ json: SessionJSON
  ) -> Reply {
    var writer = JSONWriter(reserving: 2048)
    writer.object { writer in
      writer.field("status", "success")
      writer.field("session_id", session.id)
      writer.fieldOrNull("tmux_session_name", session.terminalName)
      writer.field("agent", session.agent)
      writer.key("session")
      json.write(view, mount: call.mount, into: &writer)
    }
    var response = Response.json(writer.take(), status: 201)
    response.headers.append(("location", "\(call.mount.rawValue)/sessions/\(session.id)"))
    return .response(response)
  }
}
