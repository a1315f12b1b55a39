import Wire

/// Claude Code (TRANSCRIPTS sections 2 and 15.1). Owns what one file's rows say about the rows after them.
struct ClaudeDialect: Dialect {
  var tree: ClaudeTree
  var turn = ClaudeTurn()
  var values: SessionValues
  /// Sub-agents that were announced.
  var subagents: RecentSet
  /// The best kind of title so far: a summary (1), the model's (2), the user's (3).
  var titleRank = 0

  init(limits: DecoderLimits) {
    tree = ClaudeTree(limits: limits)
    values = SessionValues(limits: limits)
    subagents = RecentSet(capacity: limits.announced)
  }

  mutating func read(_ record: Record, into events: inout [TranscriptEvent]) {
    guard record.json.kind == .object else {
      events.append(.unknown(type: "\(record.json.kind)"))
      return
    }
    let row = ClaudeRow(record.json)
    // Rows without a type come from tools that write only the message.
    switch row.type ?? row.message?["role"]?.string {
    case "user": readChain(row, into: &events) { $0.readUser(row, at: record, into: &$1) }
    case "assistant": readChain(row, into: &events) { $0.readAssistant(row, at: record, into: &$1) }
    case "system": readChain(row, into: &events) { $0.readSystem(row, into: &$1) }
    case "attachment": readChain(row, into: &events) { $0.readAttachment(row, at: record, into: &$1) }
    case "progress": readChain(row, into: &events) { $0.readProgress(row, into: &$1) }
    case let type: readBookkeeping(type ?? "", row, into: &events)
    }
  }

  /// What all rows with a place in the tree share.
  private mutating func readChain(
    _ row: ClaudeRow, into events: inout [TranscriptEvent],
    _ body: (inout ClaudeDialect, inout [TranscriptEvent]) -> Void
  ) {
    if let uuid = row.uuid, !tree.insert(uuid) { return }
    if row.isSidechain {
      readSubagentFile(row, into: &events)
    } else {
      values.set(MetaKey.session, row.sessionID, into: &events)
      values.set(MetaKey.cwd, row.cwd, into: &events)
      values.set(MetaKey.version, row.version, into: &events)
      values.set(MetaKey.gitBranch, row.gitBranch, into: &events)
    }
    let before = events.count
    body(&self, &events)
    guard !row.isSidechain, let uuid = row.uuid else { return }
    tree.grow(uuid, visible: events[before...].contains { $0.isVisibleMessage })
  }

  /// A sub-agent's own file: its rows name the parent's session and the agent.
  private mutating func readSubagentFile(_ row: ClaudeRow, into events: inout [TranscriptEvent]) {
    guard let agent = row.agentID, agent.kind == .string else { return }
    values.set(MetaKey.agentID, agent, into: &events)
    values.set(MetaKey.parent, row.sessionID, into: &events)
    values.set(MetaKey.cwd, row.cwd, into: &events)
    values.set(MetaKey.version, row.version, into: &events)
  }

  /// A message with what its row says about it.
  func message(_ role: Role, _ blocks: [Block], _ row: ClaudeRow) -> Message {
    var message = Message(role: role, blocks: blocks, uuid: row.uuid, timestamp: row.timestamp)
    message.parent = row.parentUuid
    message.sidechain = row.isSidechain
    return message
  }

  /// Tells of a sub-agent's transcript once, by the id under which its file is listed: its name is `agent-<id>`.
  mutating func announce(_ agent: JSONSlice?, call: String?, into events: inout [TranscriptEvent]) {
    guard let id = agent?.string, !id.isEmpty, subagents.insert(fingerprint(id)) else { return }
    events.append(.subagent(call: call, sessionID: "agent-" + id))
  }
}

extension TranscriptEvent {
  /// A message that a client sees without asking for more.
  var isVisibleMessage: Bool {
    if case .message(let message) = self { return !message.hidden }
    return false
  }
}
