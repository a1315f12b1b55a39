import Reactor

/// Whether a server that has ended is started again, and when. A value; the time is a parameter.
struct RestartPlan {
  enum Step: Equatable {
    /// Nothing more is to be done; the supervisor's exit code.
    case end(Int32)
    case again(after: Duration)
  }

  /// Starts within the window beyond which starting has no sense.
  static let mostRestarts = 5
  static let window = Duration.seconds(60)
  /// A server that ends by itself this soon at its first start has something wrong that no restart mends.
  static let soon = Duration.seconds(5)
  private static let firstPause = Duration.milliseconds(100)

  private var isFirst = true
  /// When it was started again.
  private var restarts: [ContinuousClock.Instant] = []

  /// Whether it was started again lately.
  var hasRestarted: Bool { !restarts.isEmpty }

  /// What follows the end of a server.
  /// - Parameter isWanted: whether somebody asked for another one; then its end counts as none.
  mutating func next(
    _ exit: ChildExit, ran: Duration, isWanted: Bool, now: ContinuousClock.Instant
  ) -> Step {
    defer { isFirst = false }
    if isWanted {
      restarts = []
      return .again(after: .zero)
    }
    if case .exited(let code) = exit {
      // 2 is a wrong configuration, which stays wrong.
      if code == 0 || code == 2 || (isFirst && ran < Self.soon) { return .end(code) }
    }
    restarts.removeAll { now - $0 >= Self.window }
    guard restarts.count < Self.mostRestarts else { return .end(1) }
    let pause = Self.firstPause * (1 << restarts.count)
    restarts.append(now)
    return .again(after: pause)
  }
}
