import Tail
import Wire

/// Makes records and events of a transcript's items, in order: what a live topic and a page of history share. A value
/// whose state is a function of the items fed, within the decoder's limits.
struct LineRenderer: Sendable {
  private var decoder: TranscriptDecoder?

  /// `decodes` is false for the `raw` view, which needs no meaning.
  init(agent: AgentKind, profile: TranscriptProfile, decodes: Bool = true) {
    decoder = decodes ? TranscriptDecoder(agent: agent, profile: profile) : nil
  }

  /// What reads the next file of a chain. It knows what was known at the end of this one: a row that was shown here is
  /// not shown again.
  ///
  /// - Parameter profile: how the next file is to be read. Codex' lanes are told apart by places in the one file that
  ///   is read; nothing of them goes on in another.
  func inNextFile(of agent: AgentKind, profile: TranscriptProfile = .unknown) -> LineRenderer {
    guard agent == .codex else { return self }
    return LineRenderer(agent: agent, profile: profile, decodes: decoder != nil)
  }

  /// The records of one item and what they and the damage beside them mean.
  mutating func read(_ item: TailItem) -> (records: [Record], events: [TranscriptEvent]) {
    var records: [Record] = []
    var events: [TranscriptEvent] = []
    for piece in RecordPiece.pieces(of: item) {
      switch piece {
      case .damage(let damage): events.append(.damaged(damage))
      case .record(let record):
        records.append(record)
        if let decoded = decoder?.decode(record) { events += decoded }
      }
    }
    return (records, events)
  }
}

extension [TranscriptEvent] {
  /// True when a turn ended or was aborted here.
  var endsTurn: Bool {
    contains { event in
      if case .turn(let turn) = event { turn.state != .started } else { false }
    }
  }
}
