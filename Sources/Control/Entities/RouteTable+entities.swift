import StreamServer
import Wire

extension RouteTable {
  /// Things that clients keep here (API section 7).
  static let entities: [Route<ControlPlane>] =
    EntityKind.all.flatMap(routes) + [
      Route(
        .get, "shared/{token}", tier: .supporting,
        "What somebody shared, to look at; the token alone opens it.",
        parameters: [Parameter("token", .id, in: .path, "The token.")],
        answers: [.init(200, "It.", schema: "Shared")], errors: [.shareNotFound, .storeUnavailable],
        access: .anyone
      ) { plane, call throws(Problem) in try await plane.showShared(call) },
      Route(
        .get, "tools", tier: .supporting, "The tools that tool presets and agents name.",
        answers: Operation.Answer.list("Tool", "The tools by name."), errors: [.storeUnavailable]
      ) { plane, call throws(Problem) in try await plane.listTools(call) },
    ]

  /// List, make, show, change, delete and share things of one kind.
  private static func routes(_ kind: EntityKind) -> [Route<ControlPlane>] {
    let id = Parameter("id", .id, in: .path, "The id of the \(kind.thing).")
    let answer = "The \(kind.thing)."
    var routes: [Route<ControlPlane>] = [
      Route(
        .get, kind.path, tier: .supporting, "List every \(kind.thing).",
        answers: Operation.Answer.list(kind.schema, "Each \(kind.thing) by name."),
        errors: [.storeUnavailable]
      ) { plane, call throws(Problem) in try await plane.listEntities(kind, call) },
      Route(
        .post, kind.path, tier: .supporting, "Add one \(kind.thing).",
        body: .json(schema: kind.schema + "Draft", required: true),
        answers: [.init(201, answer, schema: kind.schema)],
        errors: [.nameTaken, .limitReached, .storeUnavailable], access: kind.changers
      ) { plane, call throws(Problem) in try await plane.addEntity(kind, call) },
      Route(
        .get, kind.path + "/{id}", tier: .supporting, "Show one \(kind.thing).", parameters: [id],
        answers: [.init(200, answer, schema: kind.schema)], errors: [.entityNotFound, .storeUnavailable]
      ) { plane, call throws(Problem) in try await plane.showEntity(kind, call) },
      Route(
        .patch, kind.path + "/{id}", tier: .supporting, "Change one \(kind.thing); null takes a value away.",
        parameters: [id], body: .json(schema: kind.schema + "Patch", required: true),
        answers: [.init(200, answer, schema: kind.schema)],
        errors: [.entityNotFound, .nameTaken, .storeUnavailable], access: kind.changers
      ) { plane, call throws(Problem) in try await plane.changeEntity(kind, call) },
      Route(
        .delete, kind.path + "/{id}", tier: .supporting, "Delete one \(kind.thing).", parameters: [id],
        answers: [.init(204, "It is gone.", nil)], errors: [.entityNotFound, .storeUnavailable],
        access: kind.changers
      ) { plane, call throws(Problem) in try await plane.deleteEntity(kind, call) },
    ]
    if kind.isShared {
      routes.append(
        Route(
          .post, kind.path + "/{id}/share", tier: .supporting, "Share one \(kind.thing) for a while.",
          parameters: [id], body: .json(schema: "ShareDraft", required: false),
          answers: [.init(201, "The token, shown once.", schema: "Share")],
          errors: [.entityNotFound, .storeUnavailable]
        ) { plane, call throws(Problem) in try await plane.shareEntity(kind, call) })
    }
    return routes
  }
}

extension Schemas {
  /// What the routes of entities take and answer.
  static let entities: [(name: String, json: JSONSlice)] =
    EntityKind.all.flatMap(kind)
    + lists("Tool", "tools", ["name": text, "named_by": list(text)]) + [
      object(
        "ShareDraft", ["ttl_seconds": "{\"type\":[\"integer\",\"null\"],\"minimum\":1,\"maximum\":2592000}"],
        required: []),
      object("Share", ["token": text, "url": text, "expires_at": time]),
      object("Shared", ["kind": text, "item": any, "expires_at": time]),
    ]

  private static func kind(_ kind: EntityKind) -> [(name: String, json: JSONSlice)] {
    let properties = kind.fields.map { "\"\($0.name)\":\($0.schema)" }.joined(separator: ",")
    let required = kind.fields.filter(\.isRequired).map { "\"\($0.name)\"" }.joined(separator: ",")
    let all = (["id"] + kind.fields.map(\.name) + ["created_at", "updated_at"]).map { "\"\($0)\"" }
    let patch = kind.fields.map { field in
      "\"\(field.name)\":\(field.isRequired ? maybe(field.schema) : field.schema)"
    }.joined(separator: ",")
    return [
      (
        kind.schema,
        json(
          "{\"type\":\"object\",\"required\":[\(all.joined(separator: ","))],\"properties\":{\"id\":\(text),"
            + "\(properties),\"created_at\":\(time),\"updated_at\":\(time)}}")
      ),
      (
        kind.schema + "Draft",
        json("{\"type\":\"object\",\"required\":[\(required)],\"properties\":{\(properties)}}")
      ),
      (kind.schema + "Patch", json("{\"type\":\"object\",\"properties\":{\(patch)}}")),
      (kind.schema + "List", json(wrapped("items", list(reference(kind.schema))))),
      (kind.schema + "Array", json(list(reference(kind.schema)))),
    ]
  }
}
