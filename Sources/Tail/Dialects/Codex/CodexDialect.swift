import Wire

/// Codex CLI rollouts (TRANSCRIPTS sections 3 and 15.2). Owns what one file's lines say about the lines after them.
///
/// Two lanes repeat each other: events and items. A text is shown where it comes first and dropped where its twin
/// stands; only what one lane has alone is thereby never lost. Items in the user's place also carry what Codex injects:
/// once the file is known to have typed text as events, an item that only might be injected is hidden, because what
/// was typed comes again as an event.
struct CodexDialect: Dialect {
  let profile: TranscriptProfile
  var twins: CodexTwins
  var turn = CodexTurn()
  var values: SessionValues
  var subagents: RecentSet
  /// The session that this file is about; another `session_meta` begins history copied from a parent.
  var sessionID: String?
  /// The model of the newest `turn_context`.
  var model: String?
  /// The event lane has shown a prompt.
  var hasUserEvents = false
  /// The newest event with typed text had its images with it; mostly they are in its item alone.
  var typedImages = false
  /// Calls that were shown, so that their end is told as a change of them.
  var calls: RecentSet
  /// The id made up for the newest call without one, which its result lacks too.
  var anonymousCall: String?

  init(profile: TranscriptProfile, limits: DecoderLimits) {
    self.profile = profile
    sessionID = profile.sessionID
    twins = CodexTwins(limits: limits)
    values = SessionValues(limits: limits)
    subagents = RecentSet(capacity: limits.announced)
    calls = RecentSet(capacity: limits.announced)
  }

  mutating func read(_ record: Record, into events: inout [TranscriptEvent]) {
    guard record.json.kind == .object else {
      events.append(.unknown(type: "\(record.json.kind)"))
      return
    }
    twins.advance()
    let line = CodexLine(record.json)
    switch line.type {
    case "response_item": readItem(line, at: record, into: &events)
    case "event_msg": readEvent(line, at: record, into: &events)
    case "session_meta": readSession(line.payload, into: &events)
    case "turn_context":
      values.set(MetaKey.cwd, line.payload["cwd"], into: &events)
      setModel(line.payload["model"], into: &events)
    case "compacted": compact(summary: line.payload["message"], lane: .item, into: &events)
    case "world_state", "inter_agent_communication_metadata", "inter_agent_communication",
      "token_usage_record",
      "retained_context", "security_risk_score", "realtime_item":
      break
    case "": readBareLine(line.payload, into: &events)
    default: events.append(.unknown(type: line.type))
    }
  }

  /// Whether the event lane carries the user's text where `record` stands.
  func userTextIsInEvents(at record: Record) -> Bool {
    hasUserEvents || profile.userEventsFrom.map { record.start >= $0 } ?? false
  }

  /// One compaction is written as a line and as an event; a summary is never dropped.
  mutating func compact(summary: JSONSlice?, lane: CodexTwins.Lane, into events: inout [TranscriptEvent]) {
    let text = summary.flatMap { $0.kind == .string && !$0.isBlankString ? $0 : nil }
    let isTwin = twins.isTwin(0, from: lane)
    if !isTwin || text != nil { events.append(.compaction(Compaction(summary: text))) }
  }

  mutating func setModel(_ value: JSONSlice?, into events: inout [TranscriptEvent]) {
    values.set(MetaKey.model, value, into: &events)
    if let name = value?.string { model = name }
  }

  /// The first line of the oldest era, or one of its state marks.
  private mutating func readBareLine(_ json: JSONSlice, into events: inout [TranscriptEvent]) {
    if json["record_type"] != nil { return }
    if json["id"]?.kind == .string, json["timestamp"] != nil || json["git"] != nil {
      readSession(json, into: &events)
    } else {
      events.append(.unknown(type: ""))
    }
  }
}
