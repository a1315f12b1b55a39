/// How much of a transcript a view sends inline and how much a view that has a memory may keep.
public struct ViewLimits: Sendable, Hashable {
  /// A value whose JSON is longer is sent by reference, in bytes. Default 1 MiB.
  public var inlineBytes: Int
  /// How much of a text that is sent by reference stands inline all the same, in bytes of JSON. Default 64 KiB.
  public var excerptBytes: Int
  /// Calls of tools that the `ui` view knows by name, the oldest is forgotten first. Default 256.
  public var rememberedCalls: Int
  /// The longest input of a call that the `ui` view keeps, in bytes; a longer one is repeated as a reference.
  /// Default 32 KiB.
  public var rememberedInputBytes: Int
  /// Messages of which the `ui` view knows how many blocks it has shown. Default 64.
  public var rememberedMessages: Int

  /// Limits; each has its default.
  public init(
    inlineBytes: Int = 1 << 20, excerptBytes: Int = 64 << 10, rememberedCalls: Int = 256,
    rememberedInputBytes: Int = 32 << 10, rememberedMessages: Int = 64
  ) {
    self.inlineBytes = inlineBytes
    self.excerptBytes = excerptBytes
    self.rememberedCalls = rememberedCalls
    self.rememberedInputBytes = rememberedInputBytes
    self.rememberedMessages = rememberedMessages
  }
}
