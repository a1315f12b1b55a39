import Store
import Tail
import Wire

/// Makes rows of the change log: topics, types and payloads (STREAMS section 6). A value without state.
struct FeedChanges {
  let json: SessionJSON
  let nowMS: Int64

  /// The row of what the tail tells; nil for what the feed has no row for, or a coalesced one.
  func change(_ news: TailNews) -> Change? {
    switch news {
    case .created(let entry): session("session.created", entry)
    case .updated(let entry): session("session.updated", entry)
    case .status(let entry): status("session.status", entry)
    case .closed(let entry): status("session.closed", entry)
    case .appended(let entry): appended(entry)
    case .replaced(let entry, let reason):
      change("transcript", "transcript.replaced", entry.id) { json in
        json.field("session_id", entry.id)
        json.field("reason", "\(reason)")
        json.fieldOrNull("epoch", entry.epoch?.description)
      }
    case .absorbed(let entry, let owner):
      status("session.closed", entry, "it is a file of session \(owner)") { $0.field("merged_into", owner) }
    // Whoever starts and forgets sessions tells it, in the transaction of the change.
    case .expected, .forgotten, .reopened, .batch: nil
    }
  }

  func appended(_ entry: SessionEntry) -> Change {
    change("transcript", "transcript.appended", entry.id) { json in
      json.field("session_id", entry.id)
      json.field("bytes", entry.facts.size)
      json.field("updated_at", Timestamp.text(entry.updatedMS))
    }
  }

  func damaged(_ session: String, _ epoch: Epoch, _ damage: Damage) -> Change {
    change("transcript", "transcript.damaged", session) { json in
      json.field("session_id", session)
      json.field("epoch", epoch.description)
      json.field("start", damage.start)
      json.field("length", damage.length)
      json.field("reason", damage.reason.rawValue)
      json.field("recovered", damage.recovered)
    }
  }

  func system(_ type: String, _ body: (inout JSONWriter) -> Void) -> Change {
    change("system", type, nil, body)
  }

  private func session(_ type: String, _ entry: SessionEntry) -> Change {
    change("sessions", type, entry.id) { writer in
      writer.field("session_id", entry.id)
      writer.key("session")
      json.canonical(entry, into: &writer)
    }
  }

  private func status(
    _ type: String, _ entry: SessionEntry, _ reason: String? = nil,
    _ more: (inout JSONWriter) -> Void = { _ in }
  ) -> Change {
    change("sessions", type, entry.id) { writer in
      writer.field("session_id", entry.id)
      writer.field("status", reason == nil ? entry.status.rawValue : SessionStatus.closed.rawValue)
      writer.fieldOrNull("activity", reason == nil ? entry.activity : nil)
      writer.fieldIfPresent("reason", reason ?? entry.reason)
      writer.field("since", Timestamp.text(reason == nil ? entry.statusSinceMS : nowMS))
      more(&writer)
    }
  }

  private func change(
    _ topic: String, _ type: String, _ session: String?, _ body: (inout JSONWriter) -> Void
  ) -> Change {
    Change(nowMS: nowMS, topic, type, session: session, body)
  }
}

extension Change {
  /// A row of the feed; the body writes the members of its payload.
  init(
    nowMS: Int64, _ topic: String, _ type: String, session: String? = nil, project: String? = nil,
    _ body: (inout JSONWriter) -> Void
  ) {
    var writer = JSONWriter()
    writer.object(body)
    self.init(
      timestampMS: nowMS, topic: topic, type: type, sessionID: session, projectID: project,
      payload: String(decoding: writer.take(), as: UTF8.self))
  }
}
