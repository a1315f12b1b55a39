import Store
import StreamServer
import Wire

extension ControlPlane {
  /// Most things of one kind. Default 10,000.
  static let entityLimit = 10_000

  /// `GET` of a kind.
  func listEntities(_ kind: EntityKind, _ call: Call) async throws(Problem) -> Reply {
    let found = try await read { (reader) throws(StoreError) in try reader.entities(kind) }
    return call.list("items") { writer in for entity in found { entity.write(into: &writer) } }
  }

  /// `GET` of one.
  func showEntity(_ kind: EntityKind, _ call: Call) async throws(Problem) -> Reply {
    .response(Self.response(try await entity(kind, call.id)))
  }

  /// `POST` to a kind.
  func addEntity(_ kind: EntityKind, _ call: Call) async throws(Problem) -> Reply {
    let body = try call.body()
    let nowMS = clockMS()
    var entity = Entity(
      id: Secret.make(bytes: 10), kind: kind, values: [:], createdMS: nowMS, updatedMS: nowMS)
    var values: [String: JSONSlice] = [:]
    for field in kind.fields { values[field.name] = try field.value(in: body) }
    entity.put(values)
    return try await save(entity, isNew: true)
  }

  /// `PATCH` of one: a merge patch (RFC 7396).
  func changeEntity(_ kind: EntityKind, _ call: Call) async throws(Problem) -> Reply {
    let body = try call.body()
    var values: [String: JSONSlice] = [:]
    for field in kind.fields {
      if field.isRequired {
        if body.value(field.name) != nil { values[field.name] = try field.value(in: body) }
      } else if let value = try field.value(in: body) {
        values[field.name] = value
      } else if body.json[field.name] != nil {
        values[field.name] = .null
      }
    }
    var entity = try await entity(kind, call.id)
    entity.put(values)
    entity.updatedMS = clockMS()
    return try await save(entity, isNew: false)
  }

  /// `DELETE` of one.
  func deleteEntity(_ kind: EntityKind, _ call: Call) async throws(Problem) -> Reply {
    let (id, nowMS) = (call.id, clockMS())
    let isDeleted = try await commit { (database) throws(StoreError) in
      try database.run("DELETE FROM entities WHERE kind = ? AND id = ?", kind.path, id)
      guard database.changes > 0 else { return (false, []) }
      let change = Change(nowMS: nowMS, "entities", "entity.deleted") { json in
        json.field("kind", kind.path)
        json.field("id", id)
      }
      return (true, [change])
    }
    guard isDeleted else { throw .unknownEntity(kind, id) }
    return .response(Response(status: 204))
  }

  /// `POST {id}/share`
  func shareEntity(_ kind: EntityKind, _ call: Call) async throws(Problem) -> Reply {
    let seconds = try call.body().number("ttl_seconds", in: 1...2_592_000) ?? 86_400
    let entity = try await entity(kind, call.id)
    let token = Secret.make(bytes: 24)
    let nowMS = clockMS()
    let expiresMS = nowMS + Int64(seconds) * 1000
    let isMade = try await commit { (database) throws(StoreError) in
      try database.run("DELETE FROM shares WHERE expires_ms <= ?", nowMS)
      // It may have been deleted meanwhile.
      try database.run(
        "INSERT INTO shares(hash, entity_id, expires_ms) SELECT ?, id, ? FROM entities WHERE id = ?",
        Digest.sha256(token.bytes), expiresMS, entity.id)
      guard database.changes > 0 else { return (false, []) }
      let change = Change(nowMS: nowMS, "entities", "entity.shared") { json in
        json.field("kind", kind.path)
        json.field("id", entity.id)
        json.field("expires_at", Timestamp.text(expiresMS))
      }
      return (true, [change])
    }
    guard isMade else { throw .unknownEntity(kind, entity.id) }
    var response = Response.object(status: 201) { json in
      json.field("token", token)
      json.field("url", "/api/v1/shared/\(token)")
      json.field("expires_at", Timestamp.text(expiresMS))
    }
    response.headers.append(("cache-control", "no-store"))
    return .response(response)
  }

  /// `GET shared/{token}`
  func showShared(_ call: Call) async throws(Problem) -> Reply {
    let hash = Digest.sha256((call.text("token") ?? "").bytes)
    let nowMS = clockMS()
    let found = try await read { (reader) throws(StoreError) in try reader.shared(hash, nowMS: nowMS) }
    guard let (entity, expiresMS) = found else {
      throw Problem(.shareNotFound, "nothing is shared under this token, or not any more")
    }
    var response = Response.object { json in
      json.field("kind", entity.kind.path)
      json.key("item")
      entity.write(into: &json)
      json.field("expires_at", Timestamp.text(expiresMS))
    }
    response.headers += [("cache-control", "no-store"), ("referrer-policy", "no-referrer")]
    return .response(response)
  }

  /// `GET tools`: every tool that a preset or an agent names.
  func listTools(_ call: Call) async throws(Problem) -> Reply {
    let kinds = EntityKind.all.filter { ["tool-presets", "agents"].contains($0.path) }
    let entities = try await read { (reader) throws(StoreError) in
      var all: [Entity] = []
      for kind in kinds { all += try reader.entities(kind) }
      return all
    }
    var users: [String: Set<String>] = [:]
    for entity in entities {
      for field in ["allowed_tools", "disallowed_tools", "tools"] {
        for tool in entity.values[field]?.elements.compactMap(\.string) ?? [] {
          users[tool, default: []].insert("\(entity.kind.path)/\(entity.id)")
        }
      }
    }
    return call.list("tools") { writer in
      for (tool, named) in users.sorted(by: { $0.key < $1.key }) {
        writer.object { writer in
          writer.field("name", tool)
          writer.key("named_by")
          writer.array { writer in for user in named.sorted() { writer.value(user) } }
        }
      }
    }
  }

  /// The thing of a kind that a path names.
  func entity(_ kind: EntityKind, _ id: String) async throws(Problem) -> Entity {
    guard let entity = try await read({ (reader) throws(StoreError) in try reader.entity(kind, id) }) else {
      throw .unknownEntity(kind, id)
    }
    return entity
  }

  private func save(_ entity: Entity, isNew: Bool) async throws(Problem) -> Reply {
    let result: Result<Bool, Problem> = try await commit { (database) throws(StoreError) in
      let kind = entity.kind
      let other = try database.first(
        "SELECT id FROM entities WHERE kind = ? AND name = ? AND id <> ?", kind.path, entity.name, entity.id
      ) { $0.text(0) }
      if let other { return (.failure(.nameTaken(entity, by: other)), []) }
      let count =
        try database.first("SELECT count(*) FROM entities WHERE kind = ?", kind.path) { $0.int(0) } ?? 0
      if isNew, count >= Self.entityLimit {
        return (.failure(Problem(.limitReached, "there are \(count) of them, as many as there may be")), [])
      }
      // Between the look and the change somebody may have deleted it.
      let known = try database.first("SELECT 1 FROM entities WHERE id = ?", entity.id) { _ in true }
      if !isNew, known == nil { return (.failure(.unknownEntity(kind, entity.id)), []) }
      try entity.save(in: database)
      let change = Change(
        nowMS: entity.updatedMS, "entities", isNew ? "entity.created" : "entity.updated"
      ) { json in
        json.field("kind", kind.path)
        json.field("id", entity.id)
        json.field("name", entity.name)
      }
      return (.success(true), [change])
    }
    _ = try result.get()
    return .response(Self.response(entity, status: isNew ? 201 : 200))
  }

  private static func response(_ entity: Entity, status: Int = 200) -> Response {
    var writer = JSONWriter()
    entity.write(into: &writer)
    return .json(writer.take(), status: status)
  }
}

extension Problem {
  /// Nothing of this kind has this id.
  fileprivate static func unknownEntity(_ kind: EntityKind, _ id: String) -> Problem {
    Problem(.entityNotFound, "there is no \(kind.thing) \(quoted(id))") { json in
      json.field("kind", kind.path)
      json.field("id", id)
    }
  }

  /// Another of this kind has this name.
  fileprivate static func nameTaken(_ entity: Entity, by other: String) -> Problem {
    Problem(.nameTaken, "another \(entity.kind.thing) has the name \(quoted(entity.name))") {
      $0.field("id", other)
    }
  }
}
