import Wire

/// Whether a turn is open. A value inside the Codex dialect: newer versions mark both ends, older ones nothing.
struct CodexTurn: Sendable {
  private enum State: Sendable {
    case unknown, closed
    /// Opened by a mark: the prompts inside belong to it.
    case marked
    /// Opened by a prompt: the next prompt opens another one.
    case prompted
  }
  private var state = State.unknown
  private var tokens = TokenSum([
    "input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens", "total_tokens",
  ])

  /// `task_started` was read.
  mutating func markStart(into events: inout [TranscriptEvent]) {
    if state != .prompted { start(into: &events) }
    state = .marked
  }

  /// The user's text was read.
  mutating func prompt(into events: inout [TranscriptEvent]) {
    guard state != .marked else { return }
    state = .prompted
    start(into: &events)
  }

  /// A `token_count`'s `info`: the last call's usage, and what tells the call from others.
  mutating func use(_ info: JSONSlice, call: UInt64?) {
    guard let usage = info["last_token_usage"], usage.kind == .object else { return }
    tokens.add(usage, call: call ?? fingerprint(usage))
  }

  /// An end was read; only the first one of a turn counts.
  mutating func end(_ turn: Turn, into events: inout [TranscriptEvent]) {
    guard state != .closed else { return }
    var turn = turn
    let usage = tokens.take()
    // Part of a sum would look like the whole.
    if state != .unknown { turn.usage = usage }
    state = .closed
    events.append(.turn(turn))
  }

  private mutating func start(into events: inout [TranscriptEvent]) {
    tokens.reset()
    events.append(.turn(Turn(.started)))
  }
}
