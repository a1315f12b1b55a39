import Store
import StreamServer
import Tail
import Wire

extension ControlPlane {
  /// `GET search`
  func search(_ call: Call) async throws(Problem) -> Reply {
    let seen = sessionsSeen(by: call.caller).map { isSeen in Set(index.rows.keys.filter(isSeen)) }
    let found: SessionSearch
    do {
      found = try await SessionSearch.run(
        call.text("q") ?? "", limit: call.number("limit") ?? 50, seen: seen, in: store)
    } catch {
      throw .store(error)
    }
    var shown: [(SessionEntry, [Highlight])] = []
    for (id, highlights) in found.results {
      if let entry = await sessions.entry(id) { shown.append((entry, highlights)) }
    }
    var writer = JSONWriter(reserving: 4096)
    writer.object { writer in
      writer.key("results")
      writer.array { writer in
        for (entry, highlights) in shown {
          writer.object { writer in
            writer.field("type", "session")
            writer.field("id", entry.id)
            writer.fieldOrNull("title", entry.shownTitle)
            writer.fieldOrNull("description", entry.summary.lastMessage)
            writer.field("url", "/api/v1/sessions/\(entry.id)")
            writer.field("agent", entry.agent.rawValue)
            writer.field("updated_at", Timestamp.text(entry.updatedMS))
            writer.key("highlights")
            writer.array { writer in for highlight in highlights { highlight.write(into: &writer) } }
          }
        }
      }
      writer.field("total", found.total)
    }
    return .response(.json(writer.take()))
  }
}
