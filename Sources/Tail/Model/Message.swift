import Wire

/// Who speaks in a message.
public enum Role: String, Sendable, Hashable {
  case user, assistant, system
}

/// The one normal form of a transcript record (STREAMS section 7), whatever agent wrote it.
///
/// Strings that came from the record stay as they stood there, as JSON: a view copies their bytes and never
/// decodes and escapes them again.
public struct Message: Sendable {
  /// The agent's own id of the record, if it has one.
  public var uuid: String?
  /// Who speaks.
  public var role: Role
  /// What is said, in the record's order.
  public var blocks: [Block]
  /// When, as the agent wrote it.
  public var timestamp: String?
  /// The model that answered, on assistant messages.
  public var model: String?
  /// The agent's own usage object, on assistant messages.
  public var usage: JSONSlice?
  /// The hash of what names the model call that said this: several messages of one call repeat its usage.
  public var call: UInt64?
  /// The agent's id of the record before this one in the tree.
  public var parent: String?
  /// True on the rows of a sub-agent.
  public var sidechain = false
  /// True for text that the agent injected (TRANSCRIPTS 2.9) and no person typed.
  public var hidden = false
  /// One id for all records of one model call (Claude's `message.id`, Codex' turn item): one step of the `ui` view.
  public var step: String?
  /// True for an error that the agent wrote as if the model had said it.
  public var isError = false
  /// True for a prompt that was typed while the agent was busy.
  public var queued = false
  /// Codex' part of the answer: `commentary` or `final_answer`.
  public var phase: String?
  /// The agent that speaks, on messages between agents.
  public var author: String?

  /// A message without blocks.
  public init(role: Role, blocks: [Block] = [], uuid: String? = nil, timestamp: String? = nil) {
    self.role = role
    self.blocks = blocks
    self.uuid = uuid
    self.timestamp = timestamp
  }
}
