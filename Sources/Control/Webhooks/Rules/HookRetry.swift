/// What came of one attempt to deliver.
public enum HookOutcome: Sendable, Hashable {
  /// The receiver answered.
  /// - retryAfter: how many seconds it asked to wait.
  case answered(status: Int, retryAfter: Int64?)
  /// No answer; a later attempt may find one.
  case unreachable(String)
  /// The address may not be called.
  case refused(String)

  /// The status that the receiver answered with.
  var status: Int? {
    if case .answered(let status, _) = self { status } else { nil }
  }
}

/// When a delivery is tried again, and when no more. A value; the time is a parameter.
struct HookRetry: Sendable, Hashable {
  /// What is done after an attempt.
  enum Verdict: Sendable, Hashable {
    /// The receiver has it.
    case delivered
    /// Again at this time, milliseconds since 1970, because of this.
    case again(atMS: Int64, reason: String)
    /// Never again by itself, because of this.
    case dead(reason: String)
  }

  /// Attempts before a delivery is given up (`hooks.attempts`).
  var attempts = 10
  /// The pause after the first attempt; it doubles with each further one.
  var first = Duration.seconds(1)
  /// The longest pause of our own choice.
  var most = Duration.seconds(60)
  /// The longest pause that a receiver's Retry-After can ask for.
  var mostAsked = Duration.seconds(3600)

  /// What follows from an outcome.
  /// - Parameter attempt: which attempt it was, from 1.
  func verdict(_ outcome: HookOutcome, attempt: Int, nowMS: Int64) -> Verdict {
    let reason: String
    var askedMS: Int64 = 0
    switch outcome {
    case .answered(let status, let retryAfter):
      if (200..<300).contains(status) { return .delivered }
      guard status >= 500 || [408, 425, 429].contains(status) else {
        let note = (300..<400).contains(status) ? "; redirects are not followed" : ""
        return .dead(reason: "the receiver answered \(status)\(note)")
      }
      reason = "the receiver answered \(status)"
      askedMS = min(max(0, retryAfter ?? 0), mostAsked.components.seconds) * 1000
    case .unreachable(let why): reason = why
    case .refused(let why): return .dead(reason: why)
    }
    guard attempt < attempts else { return .dead(reason: reason) }
    return .again(atMS: nowMS + max(pauseMS(after: attempt), askedMS), reason: reason)
  }

  private func pauseMS(after attempt: Int) -> Int64 {
    // Shifted no further than the longest pause needs, so that many attempts cannot overflow.
    min(most.milliseconds64, first.milliseconds64 << Int64(min(max(0, attempt - 1), 20)))
  }
}

extension Duration {
  /// Whole milliseconds.
  var milliseconds64: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}
