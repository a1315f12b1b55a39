/// How much a decoder may remember. Each limit is what makes its memory bounded; all are counts.
public struct DecoderLimits: Sendable, Hashable {
  /// Ids of rows kept to drop a row that an agent writes twice: 8 bytes each, twice.
  public var seenIDs: Int
  /// Messages kept to tell what changed when Gemini writes one again.
  public var heldMessages: Int
  /// Records between the two places where Codex writes one text.
  public var twinDistance: Int
  /// Tool calls and sub-agents that were already announced.
  public var announced: Int
  /// Keys of session values (title, cwd, …) whose last value is known, so that only changes are told.
  public var metaKeys: Int

  /// The defaults: 65,536 ids, 4,096 messages, 64 records, 4,096 calls, 256 keys.
  public init(
    seenIDs: Int = 65_536, heldMessages: Int = 4_096, twinDistance: Int = 64, announced: Int = 4_096,
    metaKeys: Int = 256
  ) {
    self.seenIDs = max(1, seenIDs)
    self.heldMessages = max(1, heldMessages)
    self.twinDistance = max(1, twinDistance)
    self.announced = max(1, announced)
    self.metaKeys = max(1, metaKeys)
  }
}
