import StreamServer
import Tail
import Wire

/// Writes the session object of the API in the shapes of the mounts (API sections 2 and 9).
struct SessionJSON: Sendable {
  let computer: String

  /// The object in the shape of a mount.
  func write(_ view: SessionView, mount: Mount, into writer: inout JSONWriter) {
    if mount == .root { teleclaude(view, into: &writer) } else { canonical(view, into: &writer) }
  }

  /// The canonical object. What only sessions that are started here have is null for discovered ones; counts are
  /// left out until they are known.
  func canonical(
    _ view: SessionView, cursor: Cursor? = nil, into writer: inout JSONWriter,
    more: (inout JSONWriter) -> Void = { _ in }
  ) {
    let entry = view.entry
    writer.object { writer in
      identity(view, &writer)
      place(view, &writer)
      labels(view, &writer)
      times(view, &writer)
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

  private func identity(_ view: SessionView, _ writer: inout JSONWriter) {
    writer.field("id", view.id)
    writer.fieldOrNull("native_session_id", view.nativeID)
    writer.field("agent", view.agent)
    writer.field("managed", view.started != nil)
    writer.field("kind", view.entry.parent == nil ? "session" : "subagent")
    writer.fieldOrNull("title", view.title)
    writer.field("status", view.status)
    writer.fieldIfPresent("status_reason", view.reason)
    writer.field("status_since", Timestamp.text(view.statusSinceMS))
    writer.field("status_source", view.statusSource)
    writer.fieldOrNull("activity", view.activity)
    guard let session = view.started else { return }
    writer.field("state", session.state.rawValue)
    writer.field("launch_kind", session.launchKind.rawValue)
    // Neither is known while tmux has not answered yet.
    let isKnown = session.state != .active || session.life != .unknown
    writer.fieldOrNull("terminal_alive", isKnown ? session.terminal != nil : nil)
    writer.fieldOrNull("agent_alive", isKnown ? session.terminal != nil && session.life == .running : nil)
  }

  private func place(_ view: SessionView, _ writer: inout JSONWriter) {
    writer.fieldOrNull("mode", view.managed?.mode)
    writer.fieldOrNull("project_id", view.managed?.projectID)
    writer.fieldOrNull("project_path", view.projectPath)
    writer.fieldOrNull("subdir", view.managed?.subdir)
    writer.field("computer", computer)
    writer.fieldOrNull("tmux_session_name", view.started?.terminalName)
    writer.fieldOrNull("model", view.model)
    writer.fieldOrNull("thinking_mode", view.managed?.choices.thinkingMode)
    writer.fieldOrNull("permission_mode", view.managed?.choices.permissionMode)
    writer.fieldOrNull("parent_session_id", view.parentID)
    writer.fieldOrNull("fork_point", view.managed?.forkPoint)
    writer.fieldIfPresent("continued_in", view.entry.summary.continuedIn)
  }

  private func labels(_ view: SessionView, _ writer: inout JSONWriter) {
    writer.key("tags")
    writer.array { writer in for tag in view.managed?.tags ?? [] { writer.value(tag) } }
    writer.field("visibility", view.principal?.visibility ?? "private")
    writer.field("pinned", view.managed?.isPinned ?? false)
    writer.field("archived", view.managed?.isArchived ?? false)
    writer.key("metadata")
    writer.object { writer in
      var own: Set<String> = []
      metadata(view)?.forEachMember { name, value in
        // A client that sent a name twice must not make others read an object that has it twice.
        if own.insert(name).inserted {
          writer.key(name)
          writer.raw(value)
        }
      }
      if !own.contains("agent_version") { writer.fieldIfPresent("agent_version", view.entry.summary.version) }
      if !own.contains("git_branch") { writer.fieldIfPresent("git_branch", view.entry.summary.gitBranch) }
    }
    writer.fieldOrNull("human_email", view.principal?.humanEmail)
    writer.fieldOrNull("human_role", view.principal?.humanRole)
  }

  private func metadata(_ view: SessionView) -> JSONSlice? {
    view.managed?.metadata.flatMap { JSONSlice(validating: Array($0.utf8)) }
  }

  private func times(_ view: SessionView, _ writer: inout JSONWriter) {
    writer.field("created_at", Timestamp.text(view.createdMS))
    writer.field("updated_at", Timestamp.text(view.updatedMS))
    if let session = view.started { writer.fieldOrNull("closed_at", session.closedMS.map(Timestamp.text)) }
    writer.fieldOrNull("last_message_at", view.entry.lastMessageMS.map(Timestamp.text))
    writer.fieldOrNull("last_message", view.entry.summary.lastMessage)
    writer.fieldIfPresent("total_turns", view.entry.counts?.turns)
    writer.fieldIfPresent("total_messages", view.entry.counts?.messages)
    UsageJSON.write(view.entry.counts?.usage ?? [], into: &writer)
  }

  /// TeleClaude's object, nulls included (API section 9).
  func teleclaude(_ view: SessionView, into writer: inout JSONWriter) {
    let entry = view.entry
    let said = entry.summary.lastMessage
    let saidAt = entry.lastMessageMS.map(Timestamp.text)
    let isUser = entry.summary.lastRole == .user
    writer.object { writer in
      writer.field("session_id", view.id)
      writer.fieldOrNull("last_input_origin", nil as String?)
      writer.fieldOrNull("title", view.title)
      writer.fieldOrNull("project_path", view.projectPath)
      writer.fieldOrNull("subdir", view.managed?.subdir)
      writer.fieldOrNull("thinking_mode", view.managed?.choices.thinkingMode)
      writer.field("active_agent", view.agent)
      writer.field("status", view.status)
      writer.field("created_at", Timestamp.text(view.createdMS))
      writer.field("last_activity", Timestamp.text(view.updatedMS))
      writer.fieldOrNull("last_input", isUser ? said : nil)
      writer.fieldOrNull("last_input_at", isUser ? saidAt : nil)
      writer.fieldOrNull("last_output_summary", isUser ? nil : said)
      writer.fieldOrNull("last_output_summary_at", isUser ? nil : saidAt)
      writer.fieldOrNull("last_output_digest", nil as String?)
      writer.fieldOrNull("native_session_id", view.nativeID)
      writer.fieldOrNull("tmux_session_name", view.started?.terminalName)
      writer.fieldOrNull("initiator_session_id", view.managed?.initiatorID ?? view.parentID)
      writer.field("computer", computer)
      writer.fieldOrNull("human_email", view.principal?.humanEmail)
      writer.fieldOrNull("human_role", view.principal?.humanRole)
      writer.fieldOrNull("closed_at", view.closedMS.map(Timestamp.text))
      writer.field("visibility", view.principal?.visibility ?? "private")
      writer.key("session_metadata")
      if let metadata = metadata(view) { writer.raw(metadata) } else { writer.null() }
    }
  }
}
