import StreamServer
import Wire

extension RouteTable {
  /// What there is: machines, people, agents, projects, work (API section 7).
  static let inventory: [Route<ControlPlane>] = [
    Route(
      .get, "computers", tier: .supporting, "List machines: this one.",
      answers: Operation.Answer.list("Computer", "The machines.")
    ) { plane, call throws(Problem) in await plane.listComputers(call) },
    Route(
      .get, "people", tier: .supporting, "List the people of the file that the setting people names.",
      answers: Operation.Answer.list("Person", bareAt: [.root, .api], "The people."),
      errors: [.peopleUnreadable]
    ) { plane, call throws(Problem) in try await plane.listPeople(call) },
    Route(
      .get, "todos", tier: .supporting, "List what is to do: the folders below todos/ of the projects.",
      parameters: [
        Parameter("project", .text(maximum: 4096), "Only of this project: its id or its directory."),
        Parameter("computer", .text(maximum: 256), "Only of this machine; local is this one."),
      ], answers: Operation.Answer.list("Todo", "What is to do."), errors: [.storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.listTodos(call) },
    Route(
      .get, "agents/availability", tier: .supporting, "Which agents can be used, by name.",
      answers: [.init(200, "An object with a member for each agent.", schema: "Availability")],
      errors: [.storeUnavailable]
    ) { plane, _ throws(Problem) in try await plane.agentAvailability() },
    Route(
      .post, "agents/{agent}/status", tier: .supporting,
      "Say that an agent can, or for a while cannot, be used.",
      parameters: [Parameter("agent", .name, in: .path, "The agent's name.")],
      body: .json(schema: "AgentStatusDraft", required: true),
      answers: [.init(200, "What holds now.", schema: "AgentStatus")],
      errors: [.agentNotFound, .storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.setAgentStatus(call) },
    Route(
      .get, "projects", tier: .supporting, "List projects.",
      answers: Operation.Answer.list("Project", "The projects by name."), errors: [.storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.listProjects(call) },
    Route(
      .post, "projects", tier: .supporting,
      "Add a project: a directory below one of the setting projects.roots.",
      body: .json(schema: "ProjectDraft", required: true),
      answers: [.init(201, "The project.", schema: "Project")],
      errors: [.pathAlreadyRegistered, .directoryNotFound, .pathNotAllowed, .storeUnavailable],
      access: .owners
    ) { plane, call throws(Problem) in try await plane.addProject(call) },
    Route(
      .post, "projects/reload", tier: .supporting, "Look for the directories of all projects again.",
      answers: [
        .init(200, "How many there are, and those whose directory is gone.", schema: "ProjectsReloaded")
      ],
      errors: [.storeUnavailable], access: .owners
    ) { plane, call throws(Problem) in try await plane.reloadProjects(call) },
    Route(
      .get, "projects/{id}", tier: .supporting,
      "A project and the sessions in it that changed last, at most ten.",
      parameters: [projectID], answers: [.init(200, "The project.", schema: "Project")],
      errors: [.projectNotFound, .storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.showProject(call) },
    Route(
      .put, "projects/{id}", tier: .supporting, "Replace a project.", parameters: [projectID],
      body: .json(schema: "ProjectDraft", required: true),
      answers: [.init(200, "The project.", schema: "Project")],
      errors: [
        .projectNotFound, .pathAlreadyRegistered, .directoryNotFound, .pathNotAllowed, .storeUnavailable,
      ], access: .owners
    ) { plane, call throws(Problem) in try await plane.changeProject(call, isWhole: true) },
    Route(
      .patch, "projects/{id}", tier: .supporting, "Change a project.", parameters: [projectID],
      body: .json(schema: "ProjectPatch", required: true),
      answers: [.init(200, "The project.", schema: "Project")],
      errors: [
        .projectNotFound, .pathAlreadyRegistered, .directoryNotFound, .pathNotAllowed, .storeUnavailable,
      ], access: .owners
    ) { plane, call throws(Problem) in try await plane.changeProject(call, isWhole: false) },
    Route(
      .delete, "projects/{id}", tier: .supporting, "Forget a project; its directory stays.",
      parameters: [projectID], answers: [.init(204, "It is forgotten.", nil)],
      errors: [.projectNotFound, .storeUnavailable], access: .owners
    ) { plane, call throws(Problem) in try await plane.deleteProject(call) },
  ]

  private static let projectID = Parameter("id", .id, in: .path, "The project's id.")
}

extension Schemas {
  /// What the routes of the inventory take and answer.
  static let inventory: [(name: String, json: JSONSlice)] =
    lists(
      "Computer", "computers",
      ["name": text, "status": words("online", "offline"), "user": maybeText, "host": text, "is_local": flag])
    + lists("Person", "people", ["name": text, "email": maybeText, "role": text, "username": maybeText])
    + lists(
      "Todo", "todos",
      [
        "slug": text, "status": text, "description": maybeText, "computer": text, "project_path": text,
        "has_requirements": flag, "has_impl_plan": flag, "files": list(text), "after": list(text),
      ])
    + lists(
      "Project", "projects",
      [
        "id": text, "name": text, "path": text, "description": maybeText, "computer": text,
        "created_at": time,
        "updated_at": time,
      ])
    + [
      object(
        "ProjectDraft", ["path": absolutePath, "name": maybe(filled(200)), "description": maybeText(4000)],
        required: ["path"]),
      object(
        "ProjectPatch",
        ["path": maybe(absolutePath), "name": maybe(filled(200)), "description": maybeText(4000)],
        required: []),
      object("ProjectsReloaded", ["status": text, "total": whole, "missing": list(text)]),
      object("AgentStatus", ["agent": text, "available": flag, "status": agentStatus, "reason": maybeText]),
      ("Availability", json("{\"type\":\"object\",\"additionalProperties\":\(reference("AgentStatus"))}")),
      object(
        "AgentStatusDraft",
        [
          "status": agentStatus, "reason": maybeText(1000),
          "duration_minutes": "{\"type\":[\"integer\",\"null\"],\"minimum\":1,\"maximum\":525600}",
        ], required: ["status"]),
    ]

  private static let absolutePath = "{\"type\":\"string\",\"pattern\":\"^/\",\"maxLength\":4096}"
  private static let agentStatus = words("available", "degraded", "unavailable")

  /// A thing, the object with a list of it, and the bare array.
  static func lists(
    _ name: String, _ key: String, _ members: KeyValuePairs<String, String>
  ) -> [(name: String, json: JSONSlice)] {
    [
      object(name, members), (name + "List", json(wrapped(key, list(reference(name))))),
      (name + "Array", json(list(reference(name)))),
    ]
  }
}
