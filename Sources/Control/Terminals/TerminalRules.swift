/// How terminals are reached; `socket`, `program` and `timeout` are settings `terminals.…`.
public struct TerminalRules: Sendable, Hashable {
  /// The name of the tmux server (`tmux -L`).
  public var socket = "tailcast"
  /// The program: a name that is looked up, or a path.
  public var program = "tmux"
  /// Longest wait for one answer.
  public var timeout = Duration.seconds(5)
  /// The variables of tmux itself. Programs in terminals get their own.
  public var environment: [String: String] = [:]
  /// What tells the servers of one socket apart: the state directory.
  public var owner = ""

  /// The defaults.
  public init() {}
}
