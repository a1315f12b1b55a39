import Tail

/// Where a session's messages are typed: the desk of sessions, or a model of it in tests.
protocol Recipients: Sendable {
  /// The terminal of a session, whose agent runs. A session whose terminal is gone, or that was only found, gets one.
  func recipient(_ session: String) async throws(RecipientFault) -> Recipient
}

/// An agent in a terminal.
struct Recipient: Sendable, Hashable {
  /// The terminal.
  var terminal: TerminalID
  /// How its screen is read; nil for an agent of the configuration.
  var agent: AgentKind?

  /// An agent in a terminal.
  init(terminal: TerminalID, agent: AgentKind?) {
    self.terminal = terminal
    self.agent = agent
  }
}

/// Why a session has no terminal.
enum RecipientFault: Error, Sendable, Hashable {
  /// Not now; it is worth asking again.
  case later(String)
  /// It was closed.
  case closed
  /// It has none and cannot get one.
  case never(String)
}
