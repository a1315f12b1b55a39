import StreamServer

extension RouteTable {
  /// Routes of API section 2 that are not served yet.
  static let unbuiltSessions: [Route<ControlPlane>] = [
    .init(
      absent: .get, "sessions/{id}/usage", rate: .sessions, tier: .supporting, "A session's tokens.",
      because: notBuilt),
    .init(
      absent: .get, "usage/sessions", rate: .sessions, tier: .supporting, "Tokens by session.",
      because: notBuilt),
  ]
}
