import StreamServer
import Wire

/// What a person for whom a trusted proxy asks may see and change (API section 8). Without such a person, or for an
/// owner, nothing here refuses anything.
extension ControlPlane {
  /// Refuses the routes of owners, and sessions that are neither the person's nor shared.
  func checkPerson(_ call: Call) throws(Problem) {
    guard !Visibility.isOwner(call.caller) else { return }
    guard call.operation.access != .owners else { throw .ownersOnly(call.caller) }
    guard call.operation.patterns[0].text.hasPrefix("sessions/{id}") else { return }
    try checkSession(call.id, call.caller, isChange: call.operation.isMutation)
  }

  /// Refuses a session that the caller may not see, as if there were none, or not change.
  func checkSession(_ id: String, _ caller: Caller, isChange: Bool = false) throws(Problem) {
    guard !Visibility.isOwner(caller) else { return }
    let thing = ownership(of: id, in: index.rows)
    guard Visibility.allows(caller, thing) else { throw .unknownSession(id) }
    guard !isChange || Visibility.mayChange(caller, thing) else {
      throw Problem(.forbidden, "the session \(Problem.quoted(id)) is shared with you and not yours") {
        $0.field("session_id", id)
      }
    }
  }

  /// Whether the caller may change a session that it may see.
  func mayChange(_ id: String, _ caller: Caller) -> Bool {
    Visibility.mayChange(caller, ownership(of: id, in: index.rows))
  }

  /// Which sessions a list may show to the caller; nil for all of them.
  func sessionsSeen(by caller: Caller) -> ((String) -> Bool)? {
    guard !Visibility.isOwner(caller) else { return nil }
    // Asked while the index is at work on a list.
    let rows = index.rows
    return { Visibility.allows(caller, self.ownership(of: $0, in: rows)) }
  }

  /// What decides whose a session is: itself, or the session that it works for as a sub-agent, and that one's again.
  func principal(of id: String?) -> ManagedSession? {
    id.flatMap { principal(of: $0, in: index.rows) }
  }

  private func principal(of id: String, in rows: [String: SessionIndex.Row]) -> ManagedSession? {
    var id = id
    // Transcripts say whose sub-agent they are of: two may name each other.
    for _ in 0..<16 {
      guard let parent = rows[id]?.parent else { break }
      id = parent
    }
    return desk.assumeIsolated { $0.managed(id) }
  }

  /// Whose a session is. What was found on the machine is nobody's.
  private func ownership(
    of id: String, in rows: [String: SessionIndex.Row]
  ) -> Visibility.Ownership {
    let session = principal(of: id, in: rows)
    return Visibility.Ownership(email: session?.humanEmail, visibility: session?.visibility ?? "private")
  }
}

extension Problem {
  /// Only owners may do this, and the proxy says that the person is none.
  static func ownersOnly(_ caller: Caller) -> Problem {
    let role = caller.webUser?.role.map { "is \(quoted($0))" } ?? "is missing"
    return Problem(.forbidden, "only an owner may do this, and X-Web-User-Role \(role)")
  }
}
