import StreamServer
import Tail
import Wire

extension ControlPlane {
  /// `GET sessions/{id}/usage`
  func showUsage(_ call: Call) async throws(Problem) -> Reply {
    let entry = try await session(call.id)
    var writer = JSONWriter(reserving: 512)
    writeUsage(of: await view(entry), into: &writer)
    return .response(.json(writer.take()))
  }

  /// `GET usage/sessions`
  func listUsage(_ call: Call) async throws(Problem) -> Reply {
    let page = try await sessionPage(call)
    let all = counted(page.ids)
    var writer = JSONWriter(reserving: 512 * (page.views.count + 1))
    writer.object { writer in
      writer.key("sessions")
      writer.array { writer in for view in page.views { writeUsage(of: view, into: &writer) } }
      writer.field("complete", all.isComplete)
      UsageJSON.write(all.usage, into: &writer)
      page.writeNumbers(into: &writer)
    }
    return .response(EntityTag.tag(.json(writer.take()), for: call.request))
  }

  /// What sessions have used together, by model, and whether that is all of them.
  private func counted(_ ids: [String]) -> (usage: [ModelUsage], isComplete: Bool) {
    indexer.assumeIsolated { indexer in
      var isComplete = true
      var sums: [String: ModelUsage] = [:]
      for id in ids {
        let counted = indexer.counted(id)
        isComplete = isComplete && counted.isComplete
        for usage in counted.usage {
          var sum = sums[usage.model] ?? ModelUsage(model: usage.model, calls: 0, tokens: TokenUsage())
          sum.calls += usage.calls
          sum.tokens = sum.tokens + usage.tokens
          sums[usage.model] = sum
        }
      }
      return (sums.values.sorted { $0.model < $1.model }, isComplete)
    }
  }

  private func writeUsage(of view: SessionView, into writer: inout JSONWriter) {
    let counted = indexer.assumeIsolated { $0.counted(view.entry.id) }
    writer.object { writer in
      writer.field("session_id", view.id)
      writer.field("agent", view.agent)
      writer.fieldOrNull("title", view.title)
      writer.fieldOrNull("project_path", view.projectPath)
      writer.field("updated_at", Timestamp.text(view.updatedMS))
      writer.field("complete", counted.isComplete)
      UsageJSON.write(counted.usage, into: &writer)
    }
  }
}
