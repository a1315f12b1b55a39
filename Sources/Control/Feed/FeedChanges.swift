import Store
import Tail
import Wire

/// Makes rows of the change log: topics, types and payloads (STREAMS section 6). A value without state.
struct FeedChanges {
  let json: SessionJSON
  let nowMS: Int64

  /// The row of what the tail tells; nil for what the feed has no row for, or a coalesced one.
  /// - Parameter steered: what is known here of a session; the life of one that was started here is the desk's to tell.
  func change(_ news: TailNews, steered: (String) -> ManagedSession?) -> Change? {
    func view(_ entry: SessionEntry) -> SessionView {
      SessionView(entry: entry, managed: steered(entry.id), parent: entry.parent.flatMap(steered))
    }
    switch news {
    case .created(let entry):
      let shown = view(entry)
      return session(shown.started == nil ? "session.created" : "session.updated", shown)
    case .updated(let entry): return session("session.updated", view(entry))
    case .status(let entry): return status("session.status", view(entry))
    case .closed(let entry):
      let shown = view(entry)
      return status(shown.started == nil ? "session.closed" : "session.status", shown)
    case .appended(let entry): return appended(entry)
    case .replaced(let entry, let reason):
      return change("transcript", "transcript.replaced", entry.id) { json in
        json.field("session_id", entry.id)
        json.field("reason", "\(reason)")
        json.fieldOrNull("epoch", entry.epoch?.description)
      }
    case .absorbed(let entry, let owner): return absorbed(entry, into: owner)
    // Whoever starts and forgets sessions tells it, in the transaction of the change.
    case .expected, .forgotten, .reopened, .batch: return nil
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

  /// A session is there, or is shown in another way.
  func session(_ type: String, _ view: SessionView) -> Change {
    change("sessions", type, view.id) { writer in
      writer.field("session_id", view.id)
      writer.fieldIfPresent("parent_session_id", type == "session.forked" ? view.parentID : nil)
      writer.key("session")
      json.canonical(view, into: &writer)
    }
  }

  /// A session stands in another way.
  func status(_ type: String, _ view: SessionView) -> Change {
    change("sessions", type, view.id) { writer in
      writer.field("session_id", view.id)
      writer.field("status", view.status)
      writer.fieldOrNull("activity", view.activity)
      writer.fieldIfPresent("reason", view.reason)
      writer.field("since", Timestamp.text(view.statusSinceMS))
      writer.field("status_source", view.statusSource)
    }
  }

  /// A session was found to be a file of another one.
  private func absorbed(_ entry: SessionEntry, into owner: String) -> Change {
    change("sessions", "session.closed", entry.id) { writer in
      writer.field("session_id", entry.id)
      writer.field("status", "closed")
      writer.fieldOrNull("activity", nil as String?)
      writer.field("reason", "it is a file of session \(owner)")
      writer.field("since", Timestamp.text(nowMS))
      writer.field("merged_into", owner)
    }
  }

  /// A session that was steered here is forgotten.
  func forgotten(_ id: String) -> Change {
    change("sessions", "session.closed", id) { writer in
      writer.field("session_id", id)
      writer.field("status", "closed")
      writer.field("purged", true)
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
    assert(FeedCatalogue.has(topic, type), "\(topic) \(type) does not stand in the catalogue of events")
    var writer = JSONWriter()
    writer.object(body)
    self.init(
      timestampMS: nowMS, topic: topic, type: type, sessionID: session, projectID: project,
      payload: String(decoding: writer.take(), as: UTF8.self))
  }
}
