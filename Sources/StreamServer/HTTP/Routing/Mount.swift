/// Where the table of routes is mounted (API, head). The raw value is the prefix of paths.
public enum Mount: String, Sendable, CaseIterable {
  /// Without a prefix, in TeleClaude's shapes: bare lists, its session object, `detail` beside `error`.
  case root = ""
  /// As canonical, with the additions that its front ends expect.
  case api = "/api"
  /// The canonical shapes.
  case v1 = "/api/v1"

  /// The mount that a path belongs to, whether a route has it or not.
  public init(ofPath path: String) {
    self = [.v1, .api].first { path == $0.rawValue || path.hasPrefix($0.rawValue + "/") } ?? .root
  }
}
