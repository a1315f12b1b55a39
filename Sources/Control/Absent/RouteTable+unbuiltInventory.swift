import StreamServer
import Wire

extension RouteTable {
  /// Routes of API section 7: inventory and entities.
  static let unbuiltInventory: [Route<ControlPlane>] =
    lists + projects + entities("agents", "agents", shared: true) + entities("skills", "skills", shared: true)
    + entities("slash-commands", "slash commands") + entities("tool-presets", "tool presets")
    + entities("mcp-servers", "MCP servers") + connections

  private static let lists: [Route<ControlPlane>] = [
    .init(absent: .get, "computers", tier: .supporting, "List machines.", because: notBuilt),
    .init(absent: .get, "people", tier: .supporting, "List people.", because: notBuilt),
    .init(absent: .get, "todos", tier: .supporting, "List what is to do.", because: notBuilt),
    .init(
      absent: .get, "agents/availability", tier: .supporting, "Which agents can be used.", because: notBuilt),
    .init(
      absent: .post, "agents/{agent}/status", tier: .supporting, "Say that an agent can be used.",
      because: notBuilt),
    .init(absent: .get, "shared/{token}", tier: .supporting, "What somebody shared.", because: notBuilt),
    .init(
      absent: .get, "autocomplete", rate: .autocomplete, tier: .supporting, "Suggestions while typing.",
      because: notBuilt),
    .init(absent: .get, "filesystem/browse", tier: .supporting, "List a directory.", because: notBuilt),
    .init(absent: .get, "tools", tier: .supporting, "List tools.", because: notBuilt),
  ]

  private static let projects: [Route<ControlPlane>] =
    entities("projects", "projects") + [
      .init(absent: .put, "projects/{id}", tier: .supporting, "Replace a project.", because: notBuilt),
      .init(
        absent: .post, "projects/reload", tier: .supporting, "Read the projects again.", because: notBuilt),
    ]

  private static let connections: [Route<ControlPlane>] = [
    .init(
      absent: .post, "mcp-servers/connect", tier: .supporting, "Try to connect to an MCP server.",
      because: notBuilt),
    .init(
      absent: .get, "mcp-servers/{id}/tools", tier: .supporting, "Tools of an MCP server.", because: notBuilt),
    .init(
      absent: .get, "mcp-servers/{id}/resources", tier: .supporting, "Resources of an MCP server.",
      because: notBuilt),
    .init(
      absent: .get, "mcp-servers/{id}/resources/{uri}", tier: .supporting, "A resource of an MCP server.",
      because: notBuilt),
  ]

  /// List, make, show, change and delete things of one kind.
  private static func entities(_ path: String, _ things: String, shared: Bool = false) -> [Route<
    ControlPlane
  >] {
    var routes: [Route<ControlPlane>] = [
      .init(absent: .get, path, tier: .supporting, "List \(things).", because: notBuilt),
      .init(absent: .post, path, tier: .supporting, "Add to \(things).", because: notBuilt),
      .init(absent: .get, path + "/{id}", tier: .supporting, "One of \(things).", because: notBuilt),
      .init(absent: .patch, path + "/{id}", tier: .supporting, "Change one of \(things).", because: notBuilt),
      .init(
        absent: .delete, path + "/{id}", tier: .supporting, "Delete one of \(things).", because: notBuilt),
    ]
    if shared {
      routes.append(
        .init(
          absent: .post, path + "/{id}/share", tier: .supporting, "Share one of \(things).", because: notBuilt
        ))
    }
    return routes
  }
}
