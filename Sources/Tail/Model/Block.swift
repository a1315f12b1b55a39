import Wire

/// One part of a message.
public enum Block: Sendable {
  /// Text; the slice is a JSON string.
  case text(JSONSlice)
  /// The model's reasoning; the slice is a JSON string.
  case thinking(JSONSlice)
  /// A call of a tool. `input` is the JSON of the arguments.
  case toolUse(ToolUse)
  /// What a tool answered.
  case toolResult(ToolResult)
  /// An image or document of the record, shown by reference.
  case media(Media)
}

/// A call of a tool.
public struct ToolUse: Sendable {
  /// The call's id, which its result names.
  public var id: String
  /// The tool's name.
  public var name: String
  /// The arguments: any JSON value.
  public var input: JSONSlice
  /// True when the model's provider ran the tool, not the agent.
  public var providerExecuted: Bool

  /// A call as the record has it.
  public init(id: String, name: String, input: JSONSlice, providerExecuted: Bool = false) {
    self.id = id
    self.name = name
    self.input = input
    self.providerExecuted = providerExecuted
  }
}

/// The answer to a call of a tool.
public struct ToolResult: Sendable {
  /// The id of the call.
  public var toolUseID: String
  /// What came back, in order; images by reference.
  public var content: [ResultPart]
  /// True when the tool failed.
  public var isError: Bool
  /// True when the model's provider ran the tool.
  public var providerExecuted: Bool

  /// A result as the record has it.
  public init(toolUseID: String, content: [ResultPart], isError: Bool = false, providerExecuted: Bool = false)
  {
    self.toolUseID = toolUseID
    self.content = content
    self.isError = isError
    self.providerExecuted = providerExecuted
  }
}

/// One part of a tool's answer.
public enum ResultPart: Sendable {
  /// Text; the slice is a JSON string.
  case text(JSONSlice)
  /// An image or document, by reference.
  case media(Media)
  /// Any other JSON value, as it stands.
  case json(JSONSlice)
}

/// Where an image or document stands in its record: `GET …/records/{cursor}?block=index` decodes it.
public struct Media: Sendable, Hashable {
  /// `image` or `document`.
  public var kind: String
  /// The media type, `image/png` for example.
  public var mediaType: String
  /// Bytes of the base64 text in the record.
  public var encodedBytes: Int
  /// The position among all media of the record, from 0, in the record's order.
  public var index: Int
  /// Where the bytes are, as long as the record is in memory.
  let source: MediaSource?

  /// A reference.
  public init(kind: String = "image", mediaType: String, encodedBytes: Int, index: Int) {
    self.kind = kind
    self.mediaType = mediaType
    self.encodedBytes = encodedBytes
    self.index = index
    source = nil
  }

  init(_ source: MediaSource, index: Int) {
    kind = source.kind
    mediaType = source.mediaType
    encodedBytes = source.encodedBytes
    self.index = index
    self.source = source
  }

  /// References are equal if they say the same about the same place of their records.
  public static func == (left: Media, right: Media) -> Bool {
    left.kind == right.kind && left.mediaType == right.mediaType && left.encodedBytes == right.encodedBytes
      && left.index == right.index
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    hasher.combine(mediaType)
    hasher.combine(encodedBytes)
    hasher.combine(index)
  }
}
