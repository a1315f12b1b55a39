import Store
import StreamServer
import Wire

extension ControlPlane {
  /// Mounts where lists of memories are bare arrays.
  static let bareMemory: [Mount] = [.root, .api]

  /// `POST memory/save`
  func saveMemory(_ call: Call) async throws(Problem) -> Reply {
    let draft = try MemoryDraft(try call.body())
    var project = draft.project
    if project == nil, let id = draft.sessionID { project = await sessions.entry(id)?.summary.cwd }
    let nowMS = clockMS()
    let place = project ?? MemoryDraft.defaultProject
    let (memory, isNew) = try await commit { (database) throws(StoreError) in
      let (memory, isNew) = try draft.save(in: database, project: place, nowMS: nowMS)
      let change = Change(
        nowMS: nowMS, "memory", "memory.saved", session: memory.sessionID, project: memory.project
      ) { json in
        json.field("id", memory.id)
        json.field("title", memory.title)
        json.field("project", memory.project)
        json.field("type", memory.type)
        json.fieldOrNull("identity_key", memory.identityKey)
        json.fieldOrNull("session_id", memory.sessionID)
      }
      return ((memory, isNew), isNew ? [change] : [])
    }
    return .response(
      .object(status: isNew ? 201 : 200) { json in
        json.field("id", memory.id)
        json.field("title", memory.title)
        json.field("project", memory.project)
      })
  }

  /// `GET memory/search`; without a word the same as the list.
  func searchMemory(_ call: Call) async throws(Problem) -> Reply {
    guard let words = call.text("query") ?? call.text("q") else { return try await listMemory(call) }
    let filter = MemoryFilter(call)
    let (limit, offset) = (call.number("limit") ?? 20, call.number("offset") ?? 0)
    let nowMS = clockMS()
    let (total, found) = try await read { (reader) throws(StoreError) in
      try reader.memories(matching: words, filter, limit: limit, offset: offset, nowMS: nowMS)
    }
    return show(found, total: total, call)
  }

  /// `GET memory`
  func listMemory(_ call: Call) async throws(Problem) -> Reply {
    let filter = MemoryFilter(call)
    let (limit, offset) = (call.number("limit") ?? 20, call.number("offset") ?? 0)
    let (total, found) = try await read { (reader) throws(StoreError) in
      (try reader.memoryCount(filter), try reader.memories(filter, limit: limit, offset: offset))
    }
    return show(found, total: total, call)
  }

  /// `GET memory/timeline`
  func memoryTimeline(_ call: Call) async throws(Problem) -> Reply {
    let anchor = Int64(call.number("anchor") ?? 0)
    let (before, after) = (call.number("depth_before") ?? 3, call.number("depth_after") ?? 3)
    let project = call.text("project")
    let found = try await read { (reader) throws(StoreError) in
      try reader.memories(around: anchor, before: before, after: after, project: project)
    }
    guard let found else { throw .unknownMemory(anchor) }
    return call.list("memories", bareAt: Self.bareMemory, more: { $0.field("anchor", anchor) }) { writer in
      for memory in found { memory.write(into: &writer) }
    }
  }

  /// `POST memory/batch`
  func memoryBatch(_ call: Call) async throws(Problem) -> Reply {
    let body = try call.body()
    guard let list = try body.list("ids", most: 200) else { throw body.invalid("ids", "is missing") }
    var ids: [Int64] = []
    for value in list {
      guard let id = value.int else { throw body.invalid("ids", "must be a list of whole numbers") }
      ids.append(id)
    }
    let project = try body.text("project", maximum: 4096)
    let wanted = ids
    let found = try await read { (reader) throws(StoreError) in
      try reader.memories(ids: wanted, project: project)
    }
    return call.list("memories", bareAt: Self.bareMemory) { writer in
      for memory in found { memory.write(into: &writer) }
    }
  }

  /// `DELETE memory/{id}`
  func deleteMemory(_ call: Call) async throws(Problem) -> Reply {
    guard let id = Int64(call.id) else { throw .invalid("id", "must be a whole number") }
    let nowMS = clockMS()
    let isDeleted = try await commit { (database) throws(StoreError) in
      try database.run("DELETE FROM memories WHERE id = ?", id)
      guard database.changes > 0 else { return (false, []) }
      return (true, [Change(nowMS: nowMS, "memory", "memory.deleted") { $0.field("id", id) }])
    }
    guard isDeleted else { throw .unknownMemory(id) }
    return .response(.object { $0.field("deleted", id) })
  }

  /// `GET memory/inject`
  func injectMemory(_ call: Call) async throws(Problem) -> Reply {
    var filter = MemoryFilter()
    filter.projects = call.words("projects")
    filter.identityKey = call.text("identity_key")
    let wanted = filter
    // A memory takes at least some forty characters: more can never fit.
    let budget = call.number("budget") ?? 8000
    let found = try await read { (reader) throws(StoreError) in
      try reader.memories(wanted, limit: budget / 40 + 1)
    }
    let text = MemoryDigest(memories: found, budget: budget).markdown
    guard call.mount != .root else { return .response(.json(JSONSlice(string: text).description.bytes)) }
    return .response(
      Response(status: 200, headers: [("content-type", "text/markdown; charset=utf-8")], body: text.bytes))
  }

  /// `GET memory/stats`
  func memoryStatistics(_ call: Call) async throws(Problem) -> Reply {
    let statistics = try await read { (reader) throws(StoreError) in try reader.memoryStatistics() }
    return .response(
      .object { json in
        json.field("total", statistics.total)
        json.key("by_type")
        json.object { json in
          for (type, count) in statistics.byType {
            json.key(type)
            json.value(count)
          }
        }
        json.key("by_project")
        json.array { json in
          for (project, count) in statistics.byProject {
            json.object { json in
              json.field("project", project)
              json.field("count", count)
            }
          }
        }
        json.fieldOrNull("oldest_at", statistics.oldestMS.map(Timestamp.text))
        json.fieldOrNull("newest_at", statistics.newestMS.map(Timestamp.text))
      })
  }

  /// `GET memory/export`
  func exportMemory(_ call: Call) async throws(Problem) -> Reply {
    let after = Int64(call.number("after") ?? 0)
    let limit = call.number("limit") ?? 1000
    let found = try await read { (reader) throws(StoreError) in
      try reader.memories(after: after, limit: limit, bytes: 16 << 20)
    }
    // A client of a bare array goes on after the last id that it got.
    return call.list(
      "memories", bareAt: Self.bareMemory, more: { $0.fieldOrNull("next_after", found.last?.id) }
    ) { writer in
      for memory in found { memory.write(into: &writer) }
    }
  }

  private func show(_ memories: [Memory], total: Int, _ call: Call) -> Reply {
    call.list("memories", bareAt: Self.bareMemory, more: { $0.field("total", total) }) { writer in
      for memory in memories { memory.write(into: &writer) }
    }
  }
}

extension Problem {
  /// No memory has this id.
  static func unknownMemory(_ id: Int64) -> Problem {
    Problem(.memoryNotFound, "there is no memory \(id)") { $0.field("id", id) }
  }
}

extension String {
  var bytes: [UInt8] { Array(utf8) }
}
