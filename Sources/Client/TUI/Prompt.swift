/// What is being typed at the lower edge, and what for. A value.
struct Prompt: Equatable {
  enum Purpose: Equatable {
    /// Words that sessions must have.
    case filter
    /// A text in the transcript.
    case search
    /// Words in all sessions.
    case everywhere
    /// A time to go to.
    case time
    /// A message to the agent.
    case message
    /// The answer to what the agent asks.
    case answer
    /// Whether the agent's turn is to be stopped.
    case interrupt
  }

  let purpose: Purpose
  var field: TextField

  init(_ purpose: Purpose, _ text: String = "") {
    self.purpose = purpose
    field = TextField(text, isMultiline: purpose == .message)
  }

  /// What stands before it.
  var label: String {
    switch purpose {
    case .filter: "filter: "
    case .search: "/"
    case .everywhere: "search all sessions: "
    case .time: "go to (14:30, 2026-03-04 14:30, -10m): "
    case .message: "> "
    case .answer: "answer (number, allow, deny): "
    case .interrupt: "stop the agent's turn? (y/n) "
    }
  }
}
