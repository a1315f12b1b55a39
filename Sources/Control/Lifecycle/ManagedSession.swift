import Tail

/// A session that was started here, or about which something was changed here: one row of `managed_sessions` and two
/// facts that are known only while the server runs. A value; its events move it through its life.
struct ManagedSession: Sendable, Hashable {
  var id: String
  /// The name of the agent's profile.
  var agent: String
  /// How its transcripts are read.
  var kind: AgentKind
  private(set) var state: LifecycleState
  /// Why it failed, or how its agent ended.
  private(set) var reason: String?
  /// The agent's id of the session, the newest one; nil while it is not known.
  var nativeID: String?
  /// Where the agent runs: absolute, without symbolic links.
  var directory: String
  var projectPath: String
  var projectID: String?
  var subdir: String?
  var title: String?
  var mode: String?
  var tags: [String] = []
  var visibility = "private"
  var isPinned = false
  var isArchived = false
  /// The text of a JSON object.
  var metadata: String?
  var humanEmail: String?
  var humanRole: String?
  var choices = AgentChoices()
  var launchKind = LaunchKind.agent
  var parentID: String?
  var forkPoint: String?
  /// Who asked for it: another session, if one did.
  var initiatorID: String?
  /// What the terminal is called.
  var terminalName: String?
  var createdMS: Int64
  var updatedMS: Int64
  private(set) var stateSinceMS: Int64
  private(set) var closedMS: Int64?
  /// Counts the changes of the row: an older one is never stored over a newer one.
  var revision: Int64 = 0

  /// The terminal, while there is one.
  private(set) var terminal: TerminalID?
  /// Whether the agent runs.
  private(set) var life = AgentLife.unknown

  init(
    id: String, agent: String, kind: AgentKind, directory: String, projectPath: String, state: LifecycleState,
    nowMS: Int64
  ) {
    self.id = id
    self.agent = agent
    self.kind = kind
    self.directory = directory
    self.projectPath = projectPath
    self.state = state
    createdMS = nowMS
    updatedMS = nowMS
    stateSinceMS = nowMS
  }

  /// A row as it was stored.
  mutating func restore(
    _ state: LifecycleState, reason: String?, sinceMS: Int64, closedMS: Int64?
  ) {
    self.state = state
    self.reason = reason
    stateSinceMS = sinceMS
    self.closedMS = closedMS
  }

  /// Whether it was started here.
  var isManaged: Bool { state != .headless }
  /// Whether an agent may run in a terminal of ours.
  var isOpen: Bool { state == .initializing || state == .active || state == .closing }
  /// Whether its agent can be typed to.
  var isRunning: Bool { state == .active && terminal != nil && life == .running }

  /// Moves on. False, and nothing changes, for an event that does not belong to the state: it is about an earlier
  /// agent of the session.
  mutating func apply(_ event: LifecycleEvent, nowMS: Int64) -> Bool {
    switch (event, state) {
    case (.launch, .headless), (.launch, .active), (.launch, .closed), (.launch, .failed),
      (.launch, .initializing):
      move(to: .initializing, nowMS)
      terminal = nil
      life = .unknown
      closedMS = nil
    case (.opened(let id), .initializing), (.opened(let id), .active), (.opened(let id), .closing):
      terminal = id
      life = .running
      reason = nil
    case (.ready, .initializing): move(to: .active, nowMS)
    case (.agentEnded(let exit, let words), .initializing):
      let said = words.isEmpty ? "" : ": " + words
      move(to: .failed, reason: "the agent ended at once, \(exit.words)\(said)", nowMS)
      life = .ended(exit.words)
    case (.agentEnded(let exit, _), .active):
      guard life != .ended(exit.words) else { return false }
      life = .ended(exit.words)
      reason = "the agent has ended, \(exit.words)"
      stateSinceMS = nowMS
    case (.agentEnded(let exit, _), .closing): life = .ended(exit.words)
    case (.terminalGone, .initializing): move(to: .failed, reason: "the terminal is gone", nowMS)
    case (.terminalGone, .active):
      guard terminal != nil || life == .unknown else { return false }
      terminal = nil
      life = .ended("with its terminal")
      reason = "the terminal is gone"
      stateSinceMS = nowMS
    case (.failed(let why), .initializing): move(to: .failed, reason: why, nowMS)
    case (.close, .initializing), (.close, .active), (.close, .failed): move(to: .closing, nowMS)
    case (.closed, .closing), (.terminalGone, .closing):
      move(to: .closed, nowMS)
      closedMS = nowMS
      terminal = nil
      life = .ended("with its terminal")
    default: return false
    }
    updatedMS = nowMS
    return true
  }

  private mutating func move(to state: LifecycleState, reason: String? = nil, _ nowMS: Int64) {
    if self.state != state { stateSinceMS = nowMS }
    self.state = state
    self.reason = reason
  }
}

/// What a new session begins with (API section 2).
enum LaunchKind: String, Sendable, CaseIterable {
  /// A shell, no agent.
  case empty
  case agent
  /// An agent that is given a message once it runs.
  case agentThenMessage = "agent_then_message"
  /// An agent that goes on with a session of its own.
  case agentResume = "agent_resume"
}

extension TerminalExit {
  /// For people.
  var words: String {
    switch self {
    case .code(let code): "with code \(code)"
    case .signal(let signal): "by SIG\(signal)"
    case .unknown: "in a way that tmux does not tell"
    }
  }
}
