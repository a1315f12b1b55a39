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

  /// `task_started` was read.
  mutating func markStart(into events: inout [TranscriptEvent]) {
    if state != .prompted { events.append(.turn(Turn(.started))) }
    state = .marked
  }

  /// The user's text was read.
  mutating func prompt(into events: inout [TranscriptEvent]) {
    guard state != .marked else { return }
    state = .prompted
    events.append(.turn(Turn(.started)))
  }

  /// An end was read; only the first one of a turn counts.
  mutating func end(_ turn: Turn, into events: inout [TranscriptEvent]) {
    guard state != .closed else { return }
    state = .closed
    events.append(.turn(turn))
  }
}
