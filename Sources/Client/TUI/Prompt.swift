/// What is being typed at the lower edge, and what for. A value.
struct Prompt: Equatable {
  enum Purpose: Equatable {
    /// Words that sessions must have.
    case filter
    /// A text in the transcript.
    case search
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
    case .message: "> "
    case .answer: "answer (number, allow, deny): "
    case .interrupt: "stop the agent's turn? (y/n) "
    }
  }
}
