import StreamServer
import Wire

extension RouteTable {
  /// Routes of tier P: they belong to a code host or an agent runtime.
  static let foreign: [Route<ControlPlane>] =
    [
      .init(
        absent: .post, "sessions/{id}/remap", rate: .sessions, tier: .foreign,
        "Tie a session to another transcript.",
        because: agents),
      .init(
        absent: .post, "hooks/ingest/{source}", tier: .foreign, "Events of other systems.", because: codeHost),
      .init(absent: .post, "prs/{id}/merge", tier: .foreign, "Merge a pull request.", because: codeHost),
      .init(absent: .post, "verify", tier: .foreign, "Verify work.", because: codeHost),
      .init(absent: .post, "setup-labels", tier: .foreign, "Make labels.", because: codeHost),
    ]
    + both("issues", codeHost) + both("backlog", codeHost) + both("orchestrators", agents)
    + both("tasks", agents)
    + both("secrets", agents) + both("marketplace", agents) + both("pairing", agents)

  private static let codeHost = "it belongs to a code host"
  private static let agents = "it belongs to an agent runtime"

  private static func both(_ path: String, _ reason: String) -> [Route<ControlPlane>] {
    [.get, .post].map { (method: Method) in
      .init(
        absent: method, path, tier: .foreign, method == .get ? "List \(path)." : "Add to \(path).",
        because: reason)
    }
  }
}
