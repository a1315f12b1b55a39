import Tail

/// How sessions are started and ended here; most are settings `sessions.…` and `agents.…`.
public struct LifecycleRules: Sendable {
  /// Whether terminals are looked for: not by a command that only reads.
  public var isSteering = true
  /// The agents by name.
  public var agents: [String: AgentProfile] = [:]
  /// The agent of a request that names none.
  public var defaultAgent = "claude"
  /// The permission modes that members may choose (`sessions.member_modes`).
  public var memberModes: Set<String> = ["default", "plan", "acceptEdits"]
  /// The server's own variables, without those that are about itself.
  public var environment: [String: String] = [:]
  /// The login shell, a path.
  public var shell = "/bin/sh"
  /// Whether agents get the login shell's variables (`sessions.login_environment`).
  public var usesLoginEnvironment = true
  /// Longest wait for the login shell (`sessions.environment_timeout`).
  public var environmentTimeout = Duration.seconds(10)
  /// After it an agent that runs and shows nothing counts as started (`sessions.start_timeout`).
  public var startTimeout = Duration.seconds(15)
  /// For how long an agent must run and show something before it counts as started.
  public var settle = Duration.milliseconds(400)
  /// Time between two looks at an agent that starts, or whose transcript is not known.
  public var look = Duration.milliseconds(200)
  /// Time between two looks for the transcript that an agent writes.
  public var bindInterval = Duration.seconds(1)
  /// Time between two looks for questions on the screens of agents.
  public var questionInterval = Duration.milliseconds(400)
  /// After it a look at terminals that failed is repeated.
  public var probeInterval = Duration.seconds(2)
  /// Time in which an agent must end with its terminal before it is killed (`sessions.close_grace`).
  public var closeGrace = Duration.seconds(5)
  /// Columns and rows of a terminal (`terminals.columns`, `terminals.rows`).
  public var size = (columns: 160, rows: 50)
  /// Given to agents, so that their hooks find this server.
  public var state = ""
  /// The watched folders.
  public var roots: [Root] = []
  /// Most bytes of a transcript that are copied to go on at an earlier message (`sessions.max_copy_bytes`).
  public var maxCopied: UInt64 = 256 << 20
  /// Ended operations that are kept.
  public var keptOperations = 1000

  /// The defaults.
  public init() {}
}
