import Store
import Tail
import Wire

extension ManagedSession {
  static let columns =
    "id, revision, agent, kind, state, reason, native_id, directory, project_path, project_id, subdir, title, mode, "
    + "tags, visibility, pinned, archived, metadata, human_email, human_role, model, permission_mode, thinking_mode, "
    + "launch_kind, parent_id, fork_point, initiator_id, terminal_name, created_ms, updated_ms, state_since_ms, "
    + "closed_ms"

  /// A row of those columns.
  init(_ row: Statement) {
    self.init(
      id: row.text(0), agent: row.text(2), kind: AgentKind(rawValue: row.text(3)) ?? .jsonl,
      directory: row.text(7),
      projectPath: row.text(8), state: .headless, nowMS: row.int64(28))
    revision = row.int64(1)
    nativeID = row.optionalText(6)
    projectID = row.optionalText(9)
    subdir = row.optionalText(10)
    title = row.optionalText(11)
    mode = row.optionalText(12)
    tags = (JSONSlice(validating: Array(row.text(13).utf8))?.elements ?? []).compactMap(\.string)
    visibility = row.text(14)
    isPinned = row.int(15) != 0
    isArchived = row.int(16) != 0
    metadata = row.optionalText(17)
    humanEmail = row.optionalText(18)
    humanRole = row.optionalText(19)
    choices = AgentChoices(
      model: row.optionalText(20), permissionMode: row.optionalText(21), thinkingMode: row.optionalText(22))
    launchKind = LaunchKind(rawValue: row.text(23)) ?? .agent
    parentID = row.optionalText(24)
    forkPoint = row.optionalText(25)
    initiatorID = row.optionalText(26)
    terminalName = row.optionalText(27)
    updatedMS = row.int64(29)
    restore(
      LifecycleState(rawValue: row.text(4)) ?? .failed, reason: row.optionalText(5), sinceMS: row.int64(30),
      closedMS: row.optionalInt64(31))
  }
}

extension Database {
  /// Stores a session, unless a newer change of it is stored already.
  func put(_ session: ManagedSession) throws(StoreError) {
    var tags = JSONWriter()
    tags.array { writer in for tag in session.tags { writer.value(tag) } }
    let tagText = String(decoding: tags.take(), as: UTF8.self)
    let marks = Array(repeating: "?", count: 32).joined(separator: ", ")
    let updates = ManagedSession.columns.split(separator: ", ").dropFirst().map { "\($0) = excluded.\($0)" }
    try run(
      "INSERT INTO managed_sessions(\(ManagedSession.columns)) VALUES (\(marks)) ON CONFLICT(id) DO UPDATE SET "
        + updates.joined(separator: ", ") + " WHERE excluded.revision > managed_sessions.revision",
      session.id, session.revision, session.agent, session.kind.rawValue, session.state.rawValue,
      session.reason,
      session.nativeID, session.directory, session.projectPath, session.projectID, session.subdir,
      session.title,
      session.mode, tagText, session.visibility, session.isPinned, session.isArchived, session.metadata,
      session.humanEmail,
      session.humanRole, session.choices.model, session.choices.permissionMode, session.choices.thinkingMode,
      session.launchKind.rawValue, session.parentID, session.forkPoint, session.initiatorID,
      session.terminalName,
      session.createdMS, session.updatedMS, session.stateSinceMS, session.closedMS)
  }
}
