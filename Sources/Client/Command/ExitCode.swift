/// What the process answers to its caller.
public enum ExitCode: Int32, Sendable {
  case done = 0
  case failed = 1
  /// The command line or the configuration is wrong.
  case usage = 2
  /// The command needs a server and none runs.
  case notRunning = 3
  /// No such session.
  case notFound = 4
  /// The server refused: no key, or not allowed.
  case refused = 5
  /// Ended by a signal before it was done, as shells say it of SIGINT.
  case interrupted = 130
}
