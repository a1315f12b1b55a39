import StreamServer
import Tail
import Wire

/// Writes the session object of the API in the shapes of the mounts (API sections 2 and 9).
struct SessionJSON: Sendable {
  let computer: String

  /// The object in the shape of a mount.
  func write(_ entry: SessionEntry, mount: Mount, into writer: inout JSONWriter) {
    if mount == .root { teleclaude(entry, into: &writer) } else { canonical(entry, into: &writer) }
  }

  /// The canonical object. What only sessions that are started here have is null for discovered ones; counts are
  /// left out until they are known.
  func canonical(
    _ entry: SessionEntry, cursor: Cursor? = nil, into writer: inout JSONWriter,
    more: (inout JSONWriter) -> Void = { _ in }
  ) {
    writer.object { writer in
      identity(entry, &writer)
      times(entry, &writer)
      writer.key("transcript")
      writer.object { writer in
        writer.fieldIfPresent("cursor", cursor?.description)
        writer.field("bytes", entry.bytes)
        writer.key("files")
        writer.array { writer in
          for file in entry.files {
            writer.object { writer in
              writer.fieldOrNull("epoch", file.epoch?.description)
              writer.field("bytes", file.facts.size)
              writer.field("modified_at", Timestamp.text(file.facts.modifiedNS / 1_000_000))
            }
          }
        }
      }
      more(&writer)
    }
  }

  private func identity(_ entry: SessionEntry, _ writer: inout JSONWriter) {
    writer.field("id", entry.id)
    writer.fieldOrNull("native_session_id", entry.nativeID)
    writer.field("agent", entry.agent.rawValue)
    writer.field("managed", false)
    writer.field("kind", entry.parent == nil ? "session" : "subagent")
    writer.fieldOrNull("title", entry.shownTitle)
    writer.field("status", entry.status.rawValue)
    writer.fieldIfPresent("status_reason", entry.reason)
    writer.field("status_since", Timestamp.text(entry.statusSinceMS))
    writer.fieldOrNull("activity", entry.activity)
    for key in ["mode", "project_id"] as [StaticString] { writer.fieldOrNull(key, nil as String?) }
    writer.fieldOrNull("project_path", entry.summary.cwd)
    writer.fieldOrNull("subdir", nil as String?)
    writer.field("computer", computer)
    writer.fieldOrNull("tmux_session_name", nil as String?)
    writer.fieldOrNull("model", entry.summary.model)
    for key in ["thinking_mode", "permission_mode"] as [StaticString] {
      writer.fieldOrNull(key, nil as String?)
    }
    writer.fieldOrNull("parent_session_id", entry.parent ?? entry.summary.parentSessionID)
    writer.fieldOrNull("fork_point", nil as String?)
    writer.fieldIfPresent("continued_in", entry.summary.continuedIn)
    writer.key("tags")
    writer.array { _ in }
    writer.field("visibility", "private")
    writer.field("pinned", false)
    writer.field("archived", false)
    writer.key("metadata")
    writer.object { writer in
      writer.fieldIfPresent("agent_version", entry.summary.version)
      writer.fieldIfPresent("git_branch", entry.summary.gitBranch)
    }
    for key in ["human_email", "human_role"] as [StaticString] { writer.fieldOrNull(key, nil as String?) }
  }

  private func times(_ entry: SessionEntry, _ writer: inout JSONWriter) {
    writer.field("created_at", Timestamp.text(entry.createdMS))
    writer.field("updated_at", Timestamp.text(entry.updatedMS))
    writer.fieldOrNull("last_message_at", entry.lastMessageMS.map(Timestamp.text))
    writer.fieldOrNull("last_message", entry.summary.lastMessage)
    writer.fieldIfPresent("total_turns", entry.counts?.turns)
    writer.fieldIfPresent("total_messages", entry.counts?.messages)
  }

  /// TeleClaude's object, nulls included (API section 9).
  func teleclaude(_ entry: SessionEntry, into writer: inout JSONWriter) {
    let said = entry.summary.lastMessage
    let saidAt = entry.lastMessageMS.map(Timestamp.text)
    let isUser = entry.summary.lastRole == .user
    writer.object { writer in
      writer.field("session_id", entry.id)
      writer.fieldOrNull("last_input_origin", nil as String?)
      writer.fieldOrNull("title", entry.shownTitle)
      writer.fieldOrNull("project_path", entry.summary.cwd)
      writer.fieldOrNull("subdir", nil as String?)
      writer.fieldOrNull("thinking_mode", nil as String?)
      writer.field("active_agent", entry.agent.rawValue)
      writer.field("status", entry.status.rawValue)
      writer.field("created_at", Timestamp.text(entry.createdMS))
      writer.field("last_activity", Timestamp.text(entry.updatedMS))
      writer.fieldOrNull("last_input", isUser ? said : nil)
      writer.fieldOrNull("last_input_at", isUser ? saidAt : nil)
      writer.fieldOrNull("last_output_summary", isUser ? nil : said)
      writer.fieldOrNull("last_output_summary_at", isUser ? nil : saidAt)
      writer.fieldOrNull("last_output_digest", nil as String?)
      writer.fieldOrNull("native_session_id", entry.nativeID)
      writer.fieldOrNull("tmux_session_name", nil as String?)
      writer.fieldOrNull("initiator_session_id", entry.parent)
      writer.field("computer", computer)
      writer.fieldOrNull("human_email", nil as String?)
      writer.fieldOrNull("human_role", nil as String?)
      writer.fieldOrNull("closed_at", entry.status == .closed ? Timestamp.text(entry.statusSinceMS) : nil)
      writer.field("visibility", "private")
      writer.key("session_metadata")
      writer.null()
    }
  }
}
