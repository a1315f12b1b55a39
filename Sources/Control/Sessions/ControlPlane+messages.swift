import StreamServer
import Tail
import Wire

extension ControlPlane {
  /// `GET sessions/{id}/messages`
  func listMessages(_ call: Call) async throws(Problem) -> Reply {
    let entry = try await session(call.id)
    let limit = call.number("limit") ?? 200
    let facts = try await facts(entry.id)
    let before = call.cursor("before")
    let start: StartPoint
    if let after = call.cursor("after") {
      start = .cursor(after)
    } else if let since = call.time("since") {
      start = .since(milliseconds: since.milliseconds, after: true)
    } else {
      start = .tail(limit)
    }
    let page = try await history(facts, start, before: before, limit: limit)
    var writer = JSONWriter(reserving: 16 << 10)
    writer.object { writer in
      writer.field("session_id", entry.id)
      writer.field("agent", entry.agent.rawValue)
      if call.text("view") == "events" {
        writer.key("events")
        writer.array { writer in
          var events = HistoryEventsJSON(call, session: entry.id)
          events.append(page.lines, into: &writer)
        }
      } else {
        writer.key("messages")
        writer.array { MessagesJSON(call, facts, session: entry.id).append(page.lines, into: &$0) }
      }
      writer.fieldOrNull("next_after", page.next?.description)
      let first = page.hasMoreBefore ? page.lines.first : nil
      writer.fieldOrNull("next_before", first?.cursor.description)
      writer.field("has_more_before", page.hasMoreBefore)
      writer.field("has_more_after", page.hasMoreAfter)
      if let reason = page.reset {
        writer.key("reset")
        writer.object { writer in
          writer.fieldOrNull("requested", (call.cursor("after") ?? before)?.description)
          writer.field("reason", reason.rawValue)
        }
      }
    }
    return .response(.json(writer.take()))
  }

  /// What is needed to read a session's history.
  func facts(_ id: String) async throws(Problem) -> TopicFacts {
    do {
      return try await sessions.facts(id)
    } catch {
      switch error {
      case .unknownSession, .taken, .superseded: throw .unknownSession(id)
      case .unreadable(let reason): throw .unreadable(reason)
      }
    }
  }

  /// A stretch of history. A file that changes while it is read is looked at once more: the tail knows the new
  /// content by then.
  func history(
    _ facts: TopicFacts, _ start: StartPoint, before: Cursor?, limit: Int
  ) async throws(Problem) -> HistoryPage {
    var result = await history.records(facts, from: start, before: before, limit: limit)
    if case .failure(.changed) = result, let now = try? await sessions.facts(facts.session) {
      result = await history.records(now, from: start, before: before, limit: limit)
    }
    switch result {
    case .success(let page): return page
    case .failure(let fault): throw .archive(fault)
    }
  }
}

extension Problem {
  /// The transcript cannot be read.
  static func unreadable(_ reason: String) -> Problem {
    Problem(.transcriptUnreadable, "the transcript cannot be read: \(reason)") { $0.field("reason", reason) }
  }

  /// What the archive could not do.
  static func archive(_ fault: ArchiveFault) -> Problem {
    switch fault {
    case .changed: unreadable("it is being rewritten")
    case .noSuchRecord:
      Problem(.recordNotFound, "no record of the transcript as it is now ends at this position")
    case .tooLarge: Problem(.payloadTooLarge, "the record is over the setting tail.max_record_bytes")
    case .unreadable(let reason): unreadable(reason)
    }
  }
}
