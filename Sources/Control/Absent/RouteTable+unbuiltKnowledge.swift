import StreamServer

extension RouteTable {
  /// Routes of API sections 4 and 6: memory, channels, settings.
  static let unbuiltKnowledge: [Route<ControlPlane>] = [
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
