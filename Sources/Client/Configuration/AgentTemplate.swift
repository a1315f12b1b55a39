import Tail

/// How an agent is started: a program and lists of arguments, each argument given to it as one, whatever stands in it.
///
/// In arguments `{session_id}` stands for the id that the new session is to have, `{native_session_id}` for the
/// agent's id of the session that is resumed or forked, `{model}` for the model.
public struct AgentTemplate: Sendable, Equatable {
  /// How its transcripts are read.
  public var kind = AgentKind.jsonl
  /// The program, a name or a path, and arguments that it always gets.
  public var command: [String] = []
  /// Arguments of a new session.
  public var start: [String] = []
  /// Arguments that go on with a session; empty if the agent cannot.
  public var resume: [String] = []
  /// Arguments that begin a new session where another one stands; empty if the agent cannot.
  public var fork: [String] = []
  /// Arguments that choose a model; empty if the agent has no such choice.
  public var model: [String] = []
  /// Permission modes, each `MODE=ARGUMENTS` with blanks between arguments.
  public var permissionModes: [String] = []
  /// Thinking modes, each `MODE=ARGUMENTS` with blanks between arguments.
  public var thinkingModes: [String] = []
  /// Variables beside the login shell's, each `NAME=VALUE`.
  public var environment: [String] = []

  /// An agent of which nothing is known.
  public init() {}

  /// The agents that need no configuration.
  public static let known: [String: AgentTemplate] = ["claude": claude, "codex": codex, "gemini": gemini]

  private static let claude: AgentTemplate = {
    var claude = AgentTemplate()
    claude.kind = .claude
    claude.command = ["claude"]
    claude.start = ["--session-id", "{session_id}"]
    claude.resume = ["--resume", "{native_session_id}"]
    claude.fork = ["--resume", "{native_session_id}", "--fork-session", "--session-id", "{session_id}"]
    claude.model = ["--model", "{model}"]
    claude.permissionModes = [
      "default=--permission-mode default", "plan=--permission-mode plan",
      "acceptEdits=--permission-mode acceptEdits", "bypassPermissions=--permission-mode bypassPermissions",
    ]
    claude.thinkingModes = [
      "fast=--effort low", "med=--effort medium", "slow=--effort high", "deep=--effort max",
    ]
    return claude
  }()

  // Without --no-daemon every Codex of a user writes its transcripts by one process in the background: which
  // transcript is whose could not be told.
  private static let codex: AgentTemplate = {
    var codex = AgentTemplate()
    codex.kind = .codex
    codex.command = ["codex"]
    codex.start = ["--no-daemon"]
    codex.resume = ["--no-daemon", "resume", "{native_session_id}"]
    codex.fork = ["--no-daemon", "fork", "{native_session_id}"]
    codex.model = ["--model", "{model}"]
    codex.permissionModes = [
      "default=", "plan=--sandbox read-only --ask-for-approval on-request",
      "acceptEdits=--sandbox workspace-write --ask-for-approval on-request",
      "bypassPermissions=--dangerously-bypass-approvals-and-sandbox",
    ]
    codex.thinkingModes = [
      "fast=-c model_reasoning_effort=low", "med=-c model_reasoning_effort=medium",
      "slow=-c model_reasoning_effort=high", "deep=-c model_reasoning_effort=xhigh",
    ]
    return codex
  }()

  private static let gemini: AgentTemplate = {
    var gemini = AgentTemplate()
    gemini.kind = .gemini
    gemini.command = ["gemini"]
    gemini.resume = ["--resume", "{native_session_id}"]
    gemini.model = ["--model", "{model}"]
    gemini.permissionModes = [
      "default=--approval-mode default", "acceptEdits=--approval-mode auto_edit",
      "bypassPermissions=--approval-mode yolo",
    ]
    return gemini
  }()
}
