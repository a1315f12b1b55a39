import StreamServer
import Wire

extension ControlPlane {
  /// `POST sessions/{id}/rewind`
  func rewindSession(_ call: Call) async throws(Problem) -> Reply {
    try checkServing()
    let body = try call.body()
    let entry = try await session(call.id)
    guard let point = try await checkpoint(body, of: entry) else {
      throw .invalid("checkpoint_id", "is missing; it or message_uuid says where to go back to")
    }
    let work: LongWork
    do throws(DeskFault) {
      work = try await desk.rewind(entry.id, to: point)
    } catch {
      throw .desk(error)
    }
    return Self.accepted(work) { json in
      json.field("files_restored", false)
      json.field(
        "message",
        "The conversation goes on at the checkpoint. Files stay as they are now: no copies of them are kept.")
    }
  }
}
