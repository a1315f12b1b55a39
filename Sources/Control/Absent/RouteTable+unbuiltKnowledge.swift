import StreamServer

extension RouteTable {
  /// Routes of API sections 4 and 6: memory, channels, settings.
  static let unbuiltKnowledge: [Route<ControlPlane>] = [
    .init(
      absent: .post, "memory/save", aliases: ["memories"], tier: .fundamental, "Remember something.",
      because: notBuilt),
    .init(
      absent: .get, "memory/search", aliases: ["memories/search"], tier: .fundamental, "Search the memory.",
      because: notBuilt),
    .init(
      absent: .get, "memory/timeline", tier: .fundamental, "What stands around a memory.", because: notBuilt),
    .init(absent: .post, "memory/batch", tier: .fundamental, "Several memories by id.", because: notBuilt),
    .init(absent: .delete, "memory/{id}", tier: .fundamental, "Forget something.", because: notBuilt),
    .init(
      absent: .get, "memory/inject", tier: .fundamental, "The memory as text for an agent.", because: notBuilt
    ),
    .init(absent: .get, "memory", tier: .supporting, "List the memory.", because: notBuilt),
    .init(absent: .get, "memory/stats", tier: .supporting, "How much is remembered.", because: notBuilt),
    .init(absent: .get, "memory/export", tier: .supporting, "The whole memory.", because: notBuilt),

    .init(
      absent: .post, "channels/{name}/publish", tier: .supporting, "Publish on a channel.", because: notBuilt),
    .init(absent: .get, "channels", tier: .supporting, "List channels.", because: notBuilt),
    .init(
      absent: .get, "settings", aliases: ["config"], tier: .fundamental, "The settings that may be changed.",
      because: notBuilt),
    .init(
      absent: .patch, "settings", aliases: ["config"], tier: .fundamental, "Change settings.",
      because: notBuilt),
  ]
}
