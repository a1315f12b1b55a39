import Wire

/// Whether a turn is open, told from marks that come twice, late or never. A value inside the Claude dialect.
struct ClaudeTurn: Sendable {
  /// Nil until the first mark: the decoder may have started in the middle of a turn.
  private var isOpen: Bool?
  /// The model call whose end closed the turn: its further lines open no new one.
  private var closingStep: UInt64?
  private var tokens = TokenSum([
    "input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens",
  ])

  /// A person spoke.
  mutating func start(into events: inout [TranscriptEvent]) {
    isOpen = true
    closingStep = nil
    tokens.reset()
    events.append(.turn(Turn(.started)))
  }

  /// The model speaks: after an end nobody typed something, so a command or a hook opened this turn.
  mutating func resume(step: String?, into events: inout [TranscriptEvent]) {
    guard isOpen == false, step == nil || closingStep != step.map({ fingerprint($0) }) else { return }
    start(into: &events)
  }

  /// A row of the model says what its call has used so far.
  mutating func use(_ usage: JSONSlice, step: String?) {
    tokens.add(usage, call: step.map { fingerprint($0) } ?? 0)
  }

  /// The model gave its last word (`stop_reason`), before any mark of the system.
  mutating func end(reason: String, step: String?, into events: inout [TranscriptEvent]) {
    closingStep = step.map { fingerprint($0) }
    end(reason: reason, durationMS: nil, into: &events)
  }

  /// The system marks the end. The second mark of a turn is swallowed; a duration that only it knows is not.
  mutating func end(reason: String?, durationMS: Int?, into events: inout [TranscriptEvent]) {
    if isOpen == false {
      if let durationMS {
        events.append(.meta(key: MetaKey.turnDuration, value: JSONSlice(int: Int64(durationMS))))
      }
      return
    }
    let usage = takeUsage()
    isOpen = false
    events.append(.turn(Turn(.ended, reason: reason, durationMS: durationMS, usage: usage)))
  }

  /// The user stopped the turn.
  mutating func abort(reason: String?, into events: inout [TranscriptEvent]) {
    guard isOpen != false else { return }
    let usage = takeUsage()
    isOpen = false
    closingStep = nil
    events.append(.turn(Turn(.aborted, reason: reason, usage: usage)))
  }

  /// Nil when the decoder started in the middle of the turn: part of a sum would look like the whole.
  private mutating func takeUsage() -> JSONSlice? {
    let usage = tokens.take()
    return isOpen == true ? usage : nil
  }
}
