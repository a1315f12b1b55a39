import Tail

/// A session as lists, answers and events show it: what its transcript says, and what is known because it is steered
/// here. A value.
struct SessionView: Sendable {
  var entry: SessionEntry
  var managed: ManagedSession?
  /// What says whose it is and who may see it: itself, or what the session is a sub-agent of.
  var principal: ManagedSession?

  /// - Parameter parent: what is known here of the session that this one is a sub-agent of.
  init(entry: SessionEntry, managed: ManagedSession?, parent: ManagedSession? = nil) {
    self.entry = entry
    self.managed = managed
    principal = entry.parent == nil ? managed : parent
  }

  var id: String { managed?.id ?? entry.id }

  /// The session, if it was started here.
  var started: ManagedSession? { managed.flatMap { $0.isManaged ? $0 : nil } }

  /// How it stands. Of an agent that runs the transcript says what it does; `exited`: it runs no more, and was not
  /// ended by a request.
  var status: String {
    guard let session = started else { return entry.shownStatus }
    guard session.state == .active else { return session.state.rawValue }
    if case .ended = session.life { return "exited" }
    return entry.status == .closed ? SessionStatus.idle.rawValue : entry.shownStatus
  }

  var reason: String? {
    guard let session = started else { return entry.reason }
    return session.reason ?? (status == SessionStatus.unreadable.rawValue ? entry.reason : nil)
  }

  var statusSinceMS: Int64 {
    guard let session = started else { return entry.shownSinceMS }
    guard session.state == .active else { return session.stateSinceMS }
    return status == "exited" && entry.reported == nil
      ? session.stateSinceMS : max(session.stateSinceMS, entry.shownSinceMS)
  }

  /// What it does, as far as its transcript says.
  var activity: String? {
    if let reported = entry.reported { return reported.activity ?? (status == "active" ? "working" : status) }
    return ["active", "idle"].contains(status) ? entry.activity : nil
  }

  /// Whether the agent's hook said so, or it is inferred from transcript and terminal.
  var statusSource: String { entry.statusSource }

  var title: String? { managed?.title ?? entry.shownTitle }
  var agent: String { started?.agent ?? entry.agent.rawValue }
  var nativeID: String? { started?.nativeID ?? entry.nativeID }
  var projectPath: String? { started?.projectPath ?? entry.summary.cwd }
  var parentID: String? { managed?.parentID ?? entry.parent ?? entry.summary.parentSessionID }
  var model: String? { entry.summary.model ?? managed?.choices.model }
  var createdMS: Int64 { started?.createdMS ?? entry.createdMS }
  var updatedMS: Int64 { max(entry.updatedMS, managed?.updatedMS ?? 0) }
  var closedMS: Int64? {
    if let session = started { return session.closedMS }
    return entry.status == .closed ? entry.statusSinceMS : nil
  }
}
