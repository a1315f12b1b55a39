/// Where a session that is steered here is in its life (API section 2). What a listing shows as `status` is derived
/// from it, from the two facts about terminal and agent, and from the transcript.
enum LifecycleState: String, Sendable, CaseIterable {
  /// Discovered, not started here; something about it was changed here.
  case headless
  /// Its agent is being started.
  case initializing
  /// Its agent was started.
  case active
  /// Its terminal is being ended.
  case closing
  /// Ended by whoever asked for it.
  case closed
  /// Its agent could not be started.
  case failed
}

/// What happens to a session.
enum LifecycleEvent: Sendable, Hashable {
  /// The agent is to be started, for the first time or again.
  case launch
  /// It has a terminal, in which its agent runs.
  case opened(TerminalID)
  /// The agent runs and shows itself.
  case ready
  /// The agent ended; the terminal is still there with what it showed last.
  case agentEnded(TerminalExit, saying: String)
  /// The terminal is gone, and the agent with it.
  case terminalGone
  /// The agent could not be started.
  case failed(String)
  /// It is to be ended.
  case close
  /// It was ended.
  case closed
}

/// Whether a session's agent runs.
enum AgentLife: Sendable, Hashable {
  /// Nobody has looked yet.
  case unknown
  case running
  /// How it ended.
  case ended(String)
}
