import Wire

/// What an agent wrote about the tokens of one model call, apart from a message.
public struct CallUsage: Sendable {
  /// The agent's own object.
  public var json: JSONSlice
  /// The hash of what names the call, by which a repetition is known; nil when nothing does.
  public var call: UInt64?
  /// The model that was called, if the agent says.
  public var model: String?

  /// A usage as the record has it.
  public init(_ json: JSONSlice, call: UInt64? = nil, model: String? = nil) {
    self.json = json
    self.call = call
    self.model = model
  }
}
