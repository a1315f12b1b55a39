import Wire

/// What the head of a file says about how to read the rest. A value, made of the first 256 KiB of a file.
///
/// It holds positions, not verdicts: the head of a file that still grows gives the same answers for the records it
/// already had, so a replay and the live reading before it show the same.
public struct TranscriptProfile: Sendable, Hashable {
  /// Codex: where the first typed text of the event lane stands. From there on that lane has the user's text.
  public var userEventsFrom: UInt64?
  /// Codex: the session of the first `session_meta`; every other one in the file is copied history.
  public var sessionID: String?

  /// Nothing is known: the decoder learns as it goes.
  public static let unknown = TranscriptProfile()

  /// A profile that knows nothing.
  public init() {}

  /// Reads the records of the head of a file, in order.
  public static func of(agent: AgentKind, head records: [Record]) -> TranscriptProfile {
    var profile = TranscriptProfile()
    guard agent == .codex else { return profile }
    for record in records {
      let line = CodexLine(record.json)
      if profile.sessionID == nil, line.type == "session_meta" {
        profile.sessionID = line.payload["id"]?.string
      }
      if line.isTypedText {
        profile.userEventsFrom = record.start
        break
      }
    }
    return profile
  }
}
