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

  /// The message that a body names by `checkpoint_id` or `message_uuid`; nil when it names none.
  func checkpoint(_ body: Body, of entry: SessionEntry) async throws(Problem) -> Checkpoint? {
    guard let name = try body.text("checkpoint_id", "message_uuid", maximum: Self.checkpointLimit) else {
      return nil
    }
    guard entry.agent == .claude else {
      throw .desk(.checkpointUnsupported("of all agents only Claude Code can go on before its last message"))
    }
    let facts = try await facts(entry.id)
    guard let cursor = Cursor(name) else {
      return Checkpoint(uuid: name, paths: facts.chain.reversed().map(\.path), name: name)
    }
    guard let file = facts.file(cursor.epoch) else { throw .archive(.noSuchRecord) }
    switch await history.line(facts, at: Cursor(epoch: cursor.epoch, offset: cursor.offset)) {
    case .failure(let fault): throw .archive(fault)
    case .success(let line):
      for case .record(let json, _) in splitLine(line[...]) {
        if let uuid = json["uuid"]?.string { return Checkpoint(uuid: uuid, paths: [file.path], name: name) }
      }
      throw .desk(.checkpointUnsupported("the record is no message"))
    }
  }

  /// Characters of what names a checkpoint.
  static let checkpointLimit = 256

  private func linesForCheckpoints(_ call: Call) async throws(Problem) -> [HistoryLine] {
    let entry = try await session(call.id)
    let facts = try await facts(entry.id)
    return try await history(facts, .tail(Self.checkpointLines), before: nil, limit: Self.checkpointLines)
      .lines
  }
}
