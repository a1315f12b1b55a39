import Store
import StreamServer
import Tail
import Wire

extension ControlPlane {
  /// `POST sessions/{id}/activity`
  func reportActivity(_ call: Call) async throws(Problem) -> Reply {
    let activity = try AgentActivity(try call.body())
    let entry = try await session(call.id)
    var isBound = false
    if let nativeID = activity.nativeID, let managed = await desk.managed(entry.id), managed.isManaged {
      do throws(DeskFault) {
        try await desk.bind(session: entry.id, nativeID: nativeID, path: activity.transcriptPath)
        isBound = true
      } catch {
        throw .desk(error)
      }
    }
    let now = clockMS()
    _ = try await commit { (_) throws(StoreError) in
      let change = Change(nowMS: now, "activity", "agent.activity", session: entry.id) { json in
        json.field("session_id", entry.id)
        activity.write(into: &json)
      }
      return ((), [change])
    }
    activities[entry.id] = activity.status == .exited ? nil : activity
    await sessions.report(
      entry.id, ReportedStatus(activity.status, activity: activity.activity, sinceMS: now))
    var writer = JSONWriter()
    writer.object { json in
      json.field("status", "success")
      json.field("session_id", entry.id)
      json.field("state", activity.status.rawValue)
      json.field("bound", isBound)
    }
    return .response(.json(writer.take()))
  }
}
