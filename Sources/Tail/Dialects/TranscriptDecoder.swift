import Wire

/// Makes events of one transcript's records, in file order. A value that lives where the file is read.
///
/// Its state is a function of the profile and of the records fed so far, and `DecoderLimits` bounds it. A decoder that
/// starts in the middle of a file is warmed with the records before its start, their events thrown away.
public struct TranscriptDecoder: Sendable {
  /// Whose transcript it reads.
  public let agent: AgentKind
  private var dialect: any Dialect

  /// A decoder for a transcript of `agent` that knows what `profile` says about the head of the file.
  public init(agent: AgentKind, profile: TranscriptProfile = .unknown, limits: DecoderLimits = .init()) {
    self.agent = agent
    dialect =
      switch agent {
      case .claude: ClaudeDialect(limits: limits)
      case .codex: CodexDialect(profile: profile, limits: limits)
      case .gemini: GeminiDialect(limits: limits)
      case .copilot: CopilotDialect(limits: limits)
      case .cursor: CursorDialect()
      case .jsonl: PlainDialect()
      }
  }

  /// The events of the next record: none for bookkeeping, several where one record says several things.
  ///
  /// Takes any JSON value, whatever its shape.
  public mutating func decode(_ record: Record) -> [TranscriptEvent] {
    var events: [TranscriptEvent] = []
    dialect.read(record, into: &events)
    return events
  }
}

/// One agent's way of writing. A value; it stores no slices, because a slice keeps a whole read buffer alive.
protocol Dialect: Sendable {
  /// Appends what `record` means.
  mutating func read(_ record: Record, into events: inout [TranscriptEvent])
}
