/// What libcurl is allowed for one purpose; each is a setting of the section. A value.
struct WebRules: Sendable, Hashable {
  /// The section of the settings that refusals name: `hooks` or `mcp`.
  var section: String
  /// Within which time there must be an answer, name lookup included.
  var timeout: Duration
  /// Whether this machine and private networks may be called.
  var allowPrivate: Bool
}

extension WebRules {
  init(_ rules: MCPRules) {
    self.init(section: "mcp", timeout: rules.timeout, allowPrivate: rules.allowPrivate)
  }

  init(_ rules: HookRules) {
    self.init(section: "hooks", timeout: rules.timeout, allowPrivate: rules.allowPrivate)
  }
}
