import Store
import StreamServer

/// What members may start (API section 8): agents, in registered projects, in permission modes that ask before they act.
/// An owner may start anything.
extension ControlPlane {
  /// Refuses a new session that is not for members.
  func checkStart(
    _ kind: LaunchKind, _ mode: String?, in directory: String, by caller: Caller
  ) async throws(Problem) {
    guard !Visibility.isOwner(caller) else { return }
    if kind == .empty {
      throw .notForMembers("no_shell", "members start agents; a session without one is a bare shell")
    }
    try checkMode(mode, by: caller)
    let projects = try await read { (reader) throws(StoreError) in try reader.projects() }
    let isInside = projects.contains { project in
      directory == project.path || directory.hasPrefix(project.path == "/" ? "/" : project.path + "/")
    }
    guard isInside else {
      throw .notForMembers(
        "registered_projects",
        "members start agents in registered projects only; an owner can register the directory (POST projects)"
      )
    }
  }

  /// Refuses a permission mode that is not for members.
  func checkMode(_ mode: String?, by caller: Caller) throws(Problem) {
    guard !Visibility.isOwner(caller), let mode, !rules.lifecycle.memberModes.contains(mode) else { return }
    throw .notForMembers(
      "member_modes",
      "members may not choose the permission mode \(Problem.quoted(mode)); the setting sessions.member_modes names "
        + "those that they may")
  }
}

extension Problem {
  /// A rule about members forbids it.
  fileprivate static func notForMembers(_ rule: String, _ message: String) -> Problem {
    Problem(.forbidden, message) { $0.field("rule", rule) }
  }
}
