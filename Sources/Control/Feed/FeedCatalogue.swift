import StreamServer

/// Every type of event that the change feed carries (STREAMS section 6), for the OpenAPI document and `/docs`.
enum FeedCatalogue {
  /// The events, topic by topic.
  static let all: [OpenAPIDocument.Event] = [
    .init("sessions", "session.created", "A session was found or started."),
    .init("sessions", "session.updated", "Title, tags, summary or the like have changed; the newest state."),
    .init("sessions", "session.status", "It stands in another way, since when, and who says so."),
    .init("sessions", "session.closed", "It was ended, its transcript is gone, or it is forgotten (purged)."),
    .init("sessions", "session.forked", "A session was started where another one stands."),
    .init("sessions", "operation.updated", "Long work, such as a restart, has begun or ended."),
    .init("activity", "agent.activity", "What an agent's hook reports: state, event, tool_name."),
    .init("transcript", "transcript.appended", "It grew: its bytes; told at most every feed.coalesce."),
    .init("transcript", "transcript.replaced", "Its content is another: reason and the new epoch."),
    .init("transcript", "transcript.damaged", "Bytes that are no record: where they stand and why."),
    .init("messages", "message.queued", "A message is stored; held says why it waits."),
    .init("messages", "message.delivered", "It was typed."),
    .init("messages", "message.seen", "Its row stands in the transcript."),
    .init("messages", "message.failed", "It was not delivered; the reason."),
    .init("memory", "memory.saved", "Something was learned or changed."),
    .init("memory", "memory.deleted", "A memory was deleted."),
    .init("hooks", "hook.created", "A contract of a webhook was made or renewed."),
    .init("hooks", "hook.deactivated", "A contract has ended."),
    .init("hooks", "hook.delivered", "A receiver has taken an event."),
    .init("hooks", "hook.failed", "A delivery was given up: it is a dead letter."),
    .init("settings", "settings.updated", "Settings were changed: their new version."),
    .init("inventory", "project.created", "A project was registered."),
    .init("inventory", "project.updated", "A project was changed."),
    .init("inventory", "project.deleted", "A project was removed."),
    .init("inventory", "agent.availability", "An agent can be used, or not, and until when."),
    .init(
      "entities", "entity.created", "An agent, skill, slash command, tool preset or MCP server was added."),
    .init("entities", "entity.updated", "One was changed."),
    .init("entities", "entity.deleted", "One was deleted."),
    .init("entities", "entity.shared", "One was shared for a while."),
    .init("channel:NAME", "channel.message", "Somebody has published."),
    .init("channel:NAME", "channel.acknowledged", "A consumer has taken what there was up to a position."),
    .init("system", "key.created", "An access key was made."),
    .init("system", "key.revoked", "An access key, or the cookies of all browsers, were revoked."),
    .init("system", "daemon.ready", "The server has started."),
    .init("system", "daemon.draining", "The server is about to stop."),
    .init("system", "error", "Something was lost: its code and how much."),
  ]

  private static let names = Set(all.map { $0.topic + " " + $0.type })

  /// Whether an event stands here.
  static func has(_ topic: String, _ type: String) -> Bool {
    names.contains((topic.hasPrefix("channel:") ? "channel:NAME" : topic) + " " + type)
  }
}
