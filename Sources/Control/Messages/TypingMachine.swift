import Reactor
import Tail

/// The rules of typing one message: looks at the screen and at the transcript in, actions out, one at a time. A value
/// without clock, terminal or database.
///
/// Before anything is typed, and again before the first Enter, it asks for a mark that survives the server. What is on
/// the screen and in the transcript after a mark decides how a later machine goes on: nothing is typed twice, and what
/// cannot be decided is said.
struct TypingMachine {
  /// How far typing has come, as it is stored.
  enum Phase: String, Sendable {
    /// Text may stand in the agent's input; Enter was not pressed.
    case typing
    /// Enter may have been pressed.
    case entering
  }

  /// Why nothing is typed for now.
  enum Hold: String, Sendable {
    /// The agent asks something: keys would answer it.
    case dialog
    /// Somebody's text stands in the input.
    case draft
    /// The agent shows no input.
    case notReady = "not_ready"
    /// Somebody scrolls in the terminal.
    case scrolled
  }

  /// How it ended.
  enum Outcome: Sendable, Hashable {
    /// The agent took it.
    case delivered
    /// The agent took it, and its row stands in the transcript.
    case seen
    /// It was not typed, or not taken, for this reason; nothing of it is left in the input.
    case failed(MessageFault)
  }

  /// What to do next.
  enum Action: Sendable, Hashable {
    /// Look at the screen and, once Enter may have been pressed, for the message's row.
    case look
    /// Store how far typing has come, before going on.
    case mark(Phase)
    case paste([UInt8])
    case press([TerminalKey])
    case wait(Duration)
    /// Say why it waits, or that it waits no longer.
    case hold(Hold?)
    case finish(Outcome)
  }

  /// What came of the last action.
  enum Event: Sendable {
    /// The beginning, or it is done.
    case done
    /// It may be done or not.
    case lost
    /// What was seen.
    case looked(AgentScreen, isSeen: Bool)
  }

  enum Stage: Hashable {
    case ready
    case typing(next: Int)
    case settling
    case entered
    /// What was typed so far is taken back, whatever it is.
    case unwinding
    /// It is to be found out whether Enter did its work.
    case deciding
  }

  let rules: TypingRules
  let agent: AgentKind?
  let text: String
  let plain: PlainText
  var script: TypingScript
  var phase: Phase?
  /// The process that typed text stands in; nil until something was typed.
  var process: Int32?
  var stage: Stage
  var plan: [Action] = []
  var last: Action?
  var held: Hold?
  /// When the stage began, and when its last look was different.
  var since: Instant?
  var steadySince: Instant?
  var lastLook: AgentScreen?
  /// The screen before Enter, for agents whose screen cannot be read.
  var beforeEnter: Int?
  var nextEnter: Instant?
  var enters = 0
  var attempts = 0
  var clearedAt: Instant?
  var isEscaped = false

  /// A message that was never typed, or one that a server before this one had begun to type.
  /// - Parameter phase: the mark that is stored.
  /// - Parameter process: the agent's process at that mark.
  init(
    _ text: String, to agent: AgentKind?, rules: TypingRules, phase: Phase? = nil, process: Int32? = nil
  ) {
    self.rules = rules
    self.agent = agent
    self.text = text
    plain = PlainText(text)
    script = TypingScript(text, to: agent)
    self.phase = phase
    self.process = process
    switch phase {
    case nil: stage = .ready
    case .typing: stage = .unwinding
    case .entering: stage = .deciding
    }
  }

  /// What to do, given what came of the action before.
  mutating func next(_ event: Event, at now: Instant) -> Action {
    switch event {
    case .done:
      if case .mark(let phase) = last { self.phase = phase }
    case .lost: recover()
    case .looked(let screen, let isSeen):
      if lastLook?.input != screen.input || lastLook?.pid != screen.pid
        || screen.input == .unreadable && lastLook?.fingerprint != screen.fingerprint
      {
        steadySince = now
      }
      lastLook = screen
      decide(screen, isSeen: isSeen, at: now)
    }
    if plan.isEmpty { plan = [.look] }
    let action = plan.removeFirst()
    last = action
    return action
  }

  /// An action may or may not have been done: the next look decides, as it would after a crash.
  private mutating func recover() {
    plan = [.wait(rules.retry)]
    lastLook = nil
    // A mark that was not stored: nothing was done since.
    switch phase {
    case nil: enter(.ready)
    case .typing: enter(.unwinding)
    case .entering: enter(.deciding)
    }
  }

  /// Goes over into a stage.
  mutating func enter(_ stage: Stage) {
    self.stage = stage
    since = nil
    steadySince = nil
    lastLook = nil
  }

  /// Waits, and says why if that is new.
  mutating func wait(_ reason: Hold) {
    if held != reason { plan.append(.hold(reason)) }
    held = reason
    plan.append(.wait(rules.holdInterval))
  }

  mutating func endHold() {
    if held != nil { plan.append(.hold(nil)) }
    held = nil
  }

  mutating func finish(_ outcome: Outcome) { plan.append(.finish(outcome)) }
}

/// Why a message was not delivered: the code that clients see.
enum MessageFault: String, Sendable, Hashable {
  /// The agent's process ended.
  case exited = "AGENT_EXITED"
  /// The text did not arrive in the agent's input.
  case notTyped = "NOT_TYPED"
  /// The agent did not take it, however often Enter was pressed.
  case notTaken = "NOT_TAKEN"
  /// The server stopped while it was typed, and neither screen nor transcript tells whether the agent took it.
  case uncertain = "UNCERTAIN"
  /// The session has no terminal and cannot get one.
  case unreachable = "UNREACHABLE"
  /// The session was closed.
  case closed = "SESSION_CLOSED"

  /// The reason in words.
  var message: String {
    switch self {
    case .exited: "the agent's process has ended"
    case .notTyped: "the text did not arrive in the agent's input"
    case .notTaken: "the agent did not take the text; it was removed from the input"
    case .uncertain:
      "the server stopped while the text was typed, and neither screen nor transcript tells whether the agent took "
        + "it; it was not typed again"
    case .unreachable: "the session has no terminal"
    case .closed: "the session was closed"
    }
  }
}
