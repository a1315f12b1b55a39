import Store
import StreamServer
import Wire

/// One thing that somebody may be about to type. A value.
struct Completion: Sendable {
  /// What kinds there are; the words of the parameter `type`.
  static let types = [
    "session", "project", "agent", "person", "memory", "slash_command", "skill", "tool_preset",
  ]

  var type: String
  /// What is typed in place of the query.
  var value: String
  /// What is shown.
  var label: String
  var description: String?

  /// How well it fits what was typed, 0 best; nil not at all.
  func rank(_ typed: String) -> Int? {
    let (label, typed) = (label.lowercased(), typed.lowercased())
    if typed.isEmpty || label == typed { return 0 }
    if label.hasPrefix(typed) { return 1 }
    if label.split(whereSeparator: { !$0.isLetter && !$0.isNumber }).contains(where: { $0.hasPrefix(typed) })
    {
      return 2
    }
    return label.contains(typed) || value.lowercased().hasPrefix(typed) ? 3 : nil
  }
}

extension ControlPlane {
  /// `GET autocomplete`. `@` asks for who and where, `/` for what can be done.
  func autocomplete(_ call: Call) async throws(Problem) -> Reply {
    let query = call.text("query") ?? ""
    let limit = call.number("limit") ?? 10
    let typed = String(query.drop { $0 == "@" || $0 == "/" })
    var types = Set(call.words("type"))
    if types.isEmpty {
      types = Set(
        query.hasPrefix("@")
          ? ["session", "project", "agent", "person"]
          : query.hasPrefix("/") ? ["slash_command", "skill"] : Completion.types)
    }
    let candidates =
      try await listed(types, seen: sessionsSeen(by: call.caller)) + stored(types, typed)
      + (types.contains("person") ? completions(people()) : [])
    let fitting = candidates.enumerated()
      .compactMap { offset, completion in completion.rank(typed).map { ($0, offset, completion) } }
      .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.prefix(limit)
    return .response(
      .object { json in
        json.key("suggestions")
        json.array { json in
          for (_, _, completion) in fitting {
            json.object { json in
              json.field("type", completion.type)
              json.field("value", completion.value)
              json.field("label", completion.label)
              json.fieldOrNull("description", completion.description)
            }
          }
        }
      })
  }

  /// Sessions that changed last, newest first, and agents.
  private func listed(_ types: Set<String>, seen isSeen: ((String) -> Bool)?) async -> [Completion] {
    var found: [Completion] = []
    if types.contains("session") {
      // Enough to choose from; a title further back is found by GET search.
      for id in index.ids(
        by: .updated, descending: true, where: { $0.status != "closed" && isSeen?($0.id) != false }
      ).prefix(500) {
        guard let entry = await sessions.entry(id) else { continue }
        let view = await view(entry)
        found.append(
          Completion(
            type: "session", value: "@" + view.id, label: view.title ?? view.id, description: view.projectPath
          ))
      }
    }
    if types.contains("agent") {
      found += rules.agents.map { Completion(type: "agent", value: "@" + $0, label: $0) }
    }
    return found
  }

  /// What stands in the database: projects, entities, memories.
  private func stored(_ types: Set<String>, _ typed: String) async throws(Problem) -> [Completion] {
    let nowMS = clockMS()
    return try await read { (reader) throws(StoreError) in
      var found: [Completion] = []
      if types.contains("project") {
        found += try reader.projects().map {
          Completion(type: "project", value: "@" + $0.name, label: $0.name, description: $0.path)
        }
      }
      for (type, path, mark) in [
        ("slash_command", "slash-commands", "/"), ("skill", "skills", "/"),
        ("tool_preset", "tool-presets", ""),
      ] where types.contains(type) {
        guard let kind = EntityKind.all.first(where: { $0.path == path }) else { continue }
        found += try reader.entities(kind).map {
          Completion(
            type: type, value: mark + $0.name, label: $0.name, description: $0.values["description"]?.string)
        }
      }
      if types.contains("memory") {
        let memories =
          typed.isEmpty
          ? try reader.memories(MemoryFilter(), limit: 50)
          : try reader.memories(matching: typed, MemoryFilter(), limit: 50, offset: 0, nowMS: nowMS).1
        found += memories.map {
          Completion(type: "memory", value: "#\($0.id)", label: $0.title, description: $0.project)
        }
      }
      return found
    }
  }

  private func completions(_ people: [Person]) -> [Completion] {
    people.map {
      Completion(
        type: "person", value: "@" + ($0.username ?? $0.name), label: $0.name, description: $0.email)
    }
  }
}

extension RouteTable {
  /// Suggestions while typing (API section 7).
  static let completion: [Route<ControlPlane>] = [
    Route(
      .get, "autocomplete", rate: .autocomplete, tier: .supporting, "Suggestions while typing.",
      parameters: [
        Parameter(
          "query", .text(maximum: 256), "What was typed; @ asks for who and where, / for what can be done."),
        Parameter("type", .choices(Completion.types), "Only these kinds."),
        Parameter("session_id", .id, "The session that is typed into; suggestions do not depend on it yet."),
        Parameter("limit", .number(1...50), default: "10", "Most suggestions."),
      ], answers: [.init(200, "The suggestions, best first.", schema: "Suggestions")],
      errors: [.peopleUnreadable, .storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.autocomplete(call) }
  ]
}

extension Schemas {
  /// What autocompletion answers.
  static let completion: [(name: String, json: JSONSlice)] = [
    object("Suggestion", ["type": text, "value": text, "label": text, "description": maybeText]),
    object("Suggestions", ["suggestions": list(reference("Suggestion"))]),
  ]
}
