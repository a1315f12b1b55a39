import StreamServer

extension RouteTable {
  /// Routes of API section 2 that steer sessions.
  static let unbuiltSessions: [Route<ControlPlane>] = [
    .init(
      absent: .post, "sessions", aliases: ["spawn"], rate: .sessions, tier: .fundamental, "Start an agent.",
      because: notBuilt),
    .init(
      absent: .patch, "sessions/{id}", rate: .sessions, tier: .fundamental,
      "Change what a session is called.",
      because: notBuilt),
    .init(
      absent: .delete, "sessions/{id}", rate: .sessions, tier: .fundamental,
      "End a session; its transcript stays.",
      because: notBuilt),
    .init(
      absent: .post, "sessions/{id}/kill", rate: .sessions, tier: .fundamental, "End a session.",
      because: notBuilt),
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
      absent: .post, "sessions/{id}/agent-restart",
      aliases: ["sessions/{id}/restart", "sessions/{id}/resume-agent"],
      rate: .sessions, tier: .fundamental, "Start the agent again.", because: notBuilt),
    .init(
      absent: .post, "sessions/{id}/revive", aliases: ["sessions/{id}/restore"], rate: .sessions,
      tier: .fundamental,
      "Bring back a session whose terminal is gone.", because: notBuilt),
    .init(
      absent: .post, "sessions/{id}/resume", rate: .sessions, tier: .fundamental,
      "Send text and stream to the end of the turn.", because: notBuilt),
    .init(
      absent: .post, "sessions/{id}/fork", rate: .sessions, tier: .fundamental,
      "Start a session where another stands.",
      because: notBuilt),
    .init(
      absent: .patch, "sessions/{id}/tags", rate: .sessions, tier: .fundamental, "Replace a session's tags.",
      because: notBuilt),
    .init(
      absent: .post, "sessions/{id}/promote", rate: .sessions, tier: .fundamental,
      "Give a session to a project.",
      because: notBuilt),
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
    .init(
      absent: .post, "sessions/{id}/control", rate: .sessions, tier: .supporting,
      "Change the permission mode.",
      because: notBuilt),
    .init(
      absent: .post, "sessions/cleanup", rate: .sessions, tier: .supporting, "Tidy up closed sessions.",
      because: notBuilt),
    .init(
      absent: .get, "sessions/patches", rate: .sessions, tier: .supporting, "A light list of states.",
      because: notBuilt),
  ]
}
