/// A message at which a conversation is to go on: before one of its user, after one of its agent. A value.
struct Checkpoint: Sendable {
  /// The agent's id of the message.
  var uuid: String
  /// Transcripts in which it may stand, the likeliest first.
  var paths: [String]
  /// As the client named it.
  var name: String
}
