/// How messages are queued and typed; `maxQueued`, `keep` and the typing's `enterLimit` are settings `messages.…`.
public struct MessageRules: Sendable, Hashable {
  /// For how long a `client_message_id` answers with the message that it was first sent with, and texts are kept.
  public var keep = Duration.seconds(86_400)
  /// Most messages of one session that wait.
  public var maxQueued = 1_000
  /// Most characters of a message.
  public var maxCharacters = 100_000
  /// Least time between two looks at a transcript that the tail says nothing new of.
  public var scanInterval = Duration.milliseconds(500)
  /// How often an agent may end before a message is typed to it.
  public var exitsInARow = 3
  /// Failures of a terminal in a row before it is asked for anew.
  public var lossesInARow = 20
  /// How messages are typed.
  public var typing = TypingRules()

  /// The defaults.
  public init() {}
}

/// The times of typing.
public struct TypingRules: Sendable, Hashable {
  /// Between two looks at a screen that is about to change.
  public var lookInterval = Duration.milliseconds(40)
  /// For how long an input must be unchanged before Enter.
  public var settle = Duration.milliseconds(120)
  /// Longest wait for that.
  public var settleLimit = Duration.seconds(5)
  /// Between two pieces of a long text.
  public var pace = Duration.milliseconds(8)
  /// Pieces between two looks.
  public var stepsPerLook = 16
  /// How often a text that does not arrive is typed.
  public var attempts = 5
  /// How long after Enter it is pressed again; doubled each time.
  public var enterWait = Duration.milliseconds(500)
  /// Longest wait between two Enters.
  public var enterWaitLimit = Duration.seconds(5)
  /// For how long Enter is tried (`messages.enter_limit`).
  public var enterLimit = Duration.seconds(30)
  /// Enters after which a text that Codex took for a command is typed as text.
  public var entersOfCommand = 2
  /// For how long an agent shows something else before that is what its command does.
  public var pageWait = Duration.seconds(1)
  /// For how long an input must be empty before a text that may have been typed is typed again.
  public var unwindWait = Duration.seconds(2)
  /// After the input was cleared.
  public var clearWait = Duration.milliseconds(300)
  /// Least time between two clearings.
  public var clearInterval = Duration.milliseconds(2_500)
  /// Between two looks at an agent that cannot be typed to.
  public var holdInterval = Duration.milliseconds(500)
  /// After a terminal that did not answer.
  public var retry = Duration.seconds(1)
  /// How long a row is waited for after a crash, when the screen does not decide.
  public var recoverLimit = Duration.seconds(10)

  /// The defaults.
  public init() {}
}
