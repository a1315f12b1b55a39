import StreamServer
import Tail
import Wire

extension ControlPlane {
  private static let checkpointLines = 500

  /// `GET sessions/{id}/checkpoints`
  func listCheckpoints(_ call: Call) async throws(Problem) -> Reply {
    let lines = try await linesForCheckpoints(call)
    var writer = JSONWriter(reserving: 4096)
    writer.object { json in
      json.key("checkpoints")
      CheckpointsJSON.write(lines, into: &json)
    }
    return .response(.json(writer.take()))
  }

  /// `POST sessions/{id}/checkpoints`
  func newestCheckpoint(_ call: Call) async throws(Problem) -> Reply {
    let lines = try await linesForCheckpoints(call)
    var list = JSONWriter()
    CheckpointsJSON.write(lines, into: &list)
    var writer = JSONWriter()
    writer.object { json in
      json.key("checkpoint")
      if let last = JSONSlice(list.take()).elements.last { json.value(last) } else { json.null() }
    }
    return .response(.json(writer.take()))
  }

  private func linesForCheckpoints(_ call: Call) async throws(Problem) -> [HistoryLine] {
    let entry = try await session(call.id)
    let facts = try await facts(entry.id)
    return try await history(facts, .tail(Self.checkpointLines), before: nil, limit: Self.checkpointLines)
      .lines
  }
}
