import StreamServer

extension RouteTable {
  /// Routes of API section 2 that steer sessions.
  static let unbuiltSessions: [Route<ControlPlane>] = [
    .init(
      absent: .post, "sessions/{id}/messages",
      aliases: ["sessions/{id}/message", "sessions/{id}/msg", "sessions/{id}/send"],
      rate: .sessions, tier: .fundamental, "Send text to the agent.", because: notBuilt),
    .init(
      absent: .post, "sessions/{id}/keys", rate: .sessions, tier: .fundamental, "Press keys.",
      because: notBuilt),
    .init(
      absent: .post, "sessions/{id}/file", aliases: ["sessions/{id}/files", "sessions/{id}/attachments"],
      rate: .sessions,
      tier: .supporting, "Give the agent files.", because: notBuilt),
    .init(
      absent: .post, "sessions/{id}/voice", rate: .sessions, tier: .supporting, "Give the agent a recording.",
      because: notBuilt),
    .init(
      absent: .post, "sessions/{id}/interrupt", rate: .sessions, tier: .fundamental, "Interrupt the agent.",
      because: notBuilt),
    .init(
      absent: .post, "sessions/{id}/resume", rate: .sessions, tier: .fundamental,
      "Send text and stream to the end of the turn.", because: notBuilt),
    .init(
      absent: .get, "sessions/{id}/checkpoints", rate: .sessions, tier: .supporting,
      "A session's checkpoints.",
      because: notBuilt),
    .init(
      absent: .post, "sessions/{id}/checkpoints", rate: .sessions, tier: .supporting, "Make a checkpoint.",
      because: notBuilt),
    .init(
      absent: .post, "sessions/{id}/rewind", rate: .sessions, tier: .supporting, "Go back to a checkpoint.",
      because: notBuilt),
    .init(
      absent: .post, "sessions/{id}/answer",
      aliases: ["sessions/{id}/inputs/{rid}/resolve", "sessions/{id}/approvals/{rid}/resolve"],
      rate: .sessions, tier: .supporting, "Answer the pending question.",
      because: notBuilt),
    .init(
      absent: .post, "sessions/{id}/activity", rate: .sessions, tier: .fundamental,
      "What an agent's hook reports.",
      because: notBuilt),
    .init(
      absent: .get, "sessions/{id}/usage", rate: .sessions, tier: .supporting, "A session's tokens.",
      because: notBuilt),
    .init(
      absent: .get, "usage/sessions", rate: .sessions, tier: .supporting, "Tokens by session.",
      because: notBuilt),
  ]
}
