/// What an agent's own hook said about a session, or its screen shows: nearer to the truth than what its transcript lets
/// one infer. A value.
public struct ReportedStatus: Sendable, Hashable {
  /// How the agent stands.
  public enum Status: String, Sendable, CaseIterable {
    /// It works.
    case active
    /// It asks something and waits.
    case waitingInput = "waiting_input"
    /// Its turn has ended.
    case idle
    /// It has ended.
    case exited
  }

  /// Who said it.
  public enum Source: String, Sendable {
    /// The agent's hook.
    case hook
    /// A look at its terminal.
    case screen
  }

  /// How the agent stands.
  public var status: Status
  /// What it does: the tool that it uses, or what it asks for.
  public var activity: String?
  /// Since when, milliseconds since 1970.
  public var sinceMS: Int64

  /// Who said it.
  public var source: Source

  /// A report.
  public init(_ status: Status, activity: String? = nil, sinceMS: Int64, from source: Source = .hook) {
    self.status = status
    self.source = source
    self.activity = activity
    self.sinceMS = sinceMS
  }

  /// Whether what the transcript says since then is something else. A turn that is open in the transcript proves
  /// nothing about a question: agents write it before they ask.
  func isOutdated(by status: SessionStatus, turnOpen: Bool?, nowMS: Int64) -> Bool {
    switch status {
    case .idle: turnOpen != true && (self.status == .active || self.status == .waitingInput)
    case .active: self.status == .idle && nowMS - sinceMS > Self.hookHeadStartMS
    case .closed, .unreadable: true
    }
  }

  /// A hook runs before the last rows of its turn are written (TRANSCRIPTS 2.2).
  private static let hookHeadStartMS: Int64 = 2_000
}

extension SessionEntry {
  /// How the session stands, for whoever looks: what a hook said, or what the transcript says.
  public var shownStatus: String {
    switch status {
    case .closed, .unreadable: status.rawValue
    case .active, .idle: reported?.status.rawValue ?? status.rawValue
    }
  }

  /// Where `shownStatus` comes from: `hook`, `screen`, or `inferred` from the transcript.
  public var statusSource: String { reported?.source.rawValue ?? "inferred" }

  /// Since when it stands so, milliseconds since 1970.
  public var shownSinceMS: Int64 { reported?.sinceMS ?? statusSinceMS }
}
