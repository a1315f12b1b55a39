import Store
import StreamServer
import Wire

extension ControlPlane {
  /// `GET projects`
  func listProjects(_ call: Call) async throws(Problem) -> Reply {
    let projects = try await read { (reader) throws(StoreError) in try reader.projects() }
    return await show(projects, call)
  }

  /// `POST projects/reload`: looks for the directories again.
  func reloadProjects(_ call: Call) async throws(Problem) -> Reply {
    let projects = try await read { (reader) throws(StoreError) in try reader.projects() }
    let there = await disk.run { projects.map { DirectoryPath.exists($0.path) } }
    return .response(
      .object { json in
        json.field("status", "success")
        json.field("total", projects.count)
        json.key("missing")
        json.array { json in
          for (project, exists) in zip(projects, there) where !exists { json.value(project.id) }
        }
      })
  }

  /// `GET projects/{id}`
  func showProject(_ call: Call) async throws(Problem) -> Reply {
    let id = call.id
    guard let project = try await read({ (reader) throws(StoreError) in try reader.project(id) }) else {
      throw .unknownProject(id)
    }
    let exists = await disk.run { DirectoryPath.exists(project.path) }
    let isSeen = sessionsSeen(by: call.caller)
    let ids = index.ids(by: .updated, descending: true) { row in
      guard isSeen?(row.id) != false else { return false }
      return row.projectID == project.id
        || row.project.map { DirectoryPath.lies($0, below: [project.path]) } ?? false
    }
    var writer = JSONWriter()
    var recent: [(id: String, body: (inout JSONWriter) -> Void)] = []
    for id in ids.prefix(10) {
      guard let entry = await sessions.entry(id) else { continue }
      let view = await view(entry)
      recent.append((id, { writer in self.sessionJSON.write(view, mount: call.mount, into: &writer) }))
    }
    project.write(computer: rules.computer, exists: exists, into: &writer) { writer in
      writer.key("recent_sessions")
      writer.array { writer in for session in recent { session.body(&writer) } }
    }
    return .response(.json(writer.take()))
  }

  /// `POST projects`
  func addProject(_ call: Call) async throws(Problem) -> Reply {
    let body = try call.body()
    let path = try await directory(try body.requiredText("path", maximum: 4096))
    let nowMS = clockMS()
    let project = Project(
      id: "prj_" + Secret.make(bytes: 8), name: try name(body) ?? Self.name(of: path), path: path,
      description: try body.text("description", maximum: 4000), createdMS: nowMS, updatedMS: nowMS)
    return try await save(project, status: 201, "project.created")
  }

  /// `PUT projects/{id}`, `PATCH projects/{id}`
  func changeProject(_ call: Call, isWhole: Bool) async throws(Problem) -> Reply {
    let (id, body) = (call.id, try call.body())
    let sent = isWhole ? try body.requiredText("path", maximum: 4096) : try body.text("path", maximum: 4096)
    let (name, description) = (try name(body), try body.text("description", maximum: 4000))
    guard var project = try await read({ (reader) throws(StoreError) in try reader.project(id) }) else {
      throw .unknownProject(id)
    }
    if let sent, sent != project.path { project.path = try await directory(sent) }
    project.name = name ?? (isWhole ? Self.name(of: project.path) : project.name)
    // A merge patch takes away by null (RFC 7396).
    if isWhole || body.json["description"] != nil { project.description = description }
    project.updatedMS = clockMS()
    return try await save(project, status: 200, "project.updated")
  }

  /// `DELETE projects/{id}`
  func deleteProject(_ call: Call) async throws(Problem) -> Reply {
    let (id, nowMS) = (call.id, clockMS())
    let isDeleted = try await commit { (database) throws(StoreError) in
      try database.run("DELETE FROM projects WHERE id = ?", id)
      guard database.changes > 0 else { return (false, []) }
      return (
        true,
        [Change(nowMS: nowMS, "inventory", "project.deleted", project: id) { $0.field("project_id", id) }]
      )
    }
    guard isDeleted else { throw .unknownProject(id) }
    return .response(Response(status: 204))
  }

  private func save(_ project: Project, status: Int, _ type: String) async throws(Problem) -> Reply {
    let computer = rules.computer
    let result: Result<Bool, Problem> = try await commit { (database) throws(StoreError) in
      let other = try database.first(
        "SELECT id FROM projects WHERE path = ? AND id <> ?", project.path, project.id
      ) { $0.text(0) }
      if let other { return (.failure(.pathTaken(project.path, by: other)), []) }
      // Between the look and the change somebody may have deleted it.
      if status == 200, try database.project(project.id) == nil {
        return (.failure(.unknownProject(project.id)), [])
      }
      try project.save(in: database)
      let change = Change(nowMS: project.updatedMS, "inventory", type, project: project.id) { json in
        json.field("project_id", project.id)
        json.key("project")
        project.write(computer: computer, exists: nil, into: &json)
      }
      return (.success(true), [change])
    }
    _ = try result.get()
    var writer = JSONWriter()
    project.write(computer: computer, exists: true, into: &writer)
    return .response(.json(writer.take(), status: status))
  }

  private func show(_ projects: [Project], _ call: Call) async -> Reply {
    let there = await disk.run { projects.map { DirectoryPath.exists($0.path) } }
    return call.list("projects") { writer in
      for (project, exists) in zip(projects, there) {
        project.write(computer: self.rules.computer, exists: exists, into: &writer)
      }
    }
  }

  /// The real path of a directory that the settings allow.
  private func directory(_ path: String) async throws(Problem) -> String {
    guard path.hasPrefix("/") else { throw .invalid("path", "must be an absolute path") }
    let roots = rules.projectRoots
    let (found, allowed) = await disk.run { (DirectoryPath.real(path), roots.compactMap(DirectoryPath.real)) }
    guard let found else {
      throw Problem(.directoryNotFound, "there is no directory \(Problem.quoted(path))") {
        $0.field("field", "path")
      }
    }
    guard DirectoryPath.lies(found, below: allowed) else {
      throw Problem(
        .pathNotAllowed, "\(Problem.quoted(path)) is not below a directory of the setting projects.roots"
      ) { $0.field("field", "path") }
    }
    return found
  }

  private func name(_ body: Body) throws(Problem) -> String? {
    guard let name = try body.text("name", maximum: 200) else { return nil }
    guard !name.isBlank else { throw body.invalid("name", "must not be blank") }
    return name
  }

  private static func name(of path: String) -> String {
    path.split(separator: "/").last.map { String($0.unicodeScalars.prefix(200)) } ?? "/"
  }
}

extension Problem {
  /// No project has this id.
  static func unknownProject(_ id: String) -> Problem {
    Problem(.projectNotFound, "there is no project \(quoted(id))") { $0.field("project_id", id) }
  }

  /// Another project has this directory.
  fileprivate static func pathTaken(_ path: String, by id: String) -> Problem {
    Problem(.pathAlreadyRegistered, "the directory \(quoted(path)) is that of the project \(id)") {
      $0.field("id", id)
    }
  }
}
