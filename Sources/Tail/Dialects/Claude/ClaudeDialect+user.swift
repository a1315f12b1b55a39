import Wire

extension ClaudeDialect {
  /// A `user` row: a prompt, the results of tools, injected text, or the summary of a compaction.
  mutating func readUser(_ row: ClaudeRow, at record: Record, into events: inout [TranscriptEvent]) {
    if row.isCompactSummary {
      events.append(.compaction(Compaction(summary: summary(row.message?["content"]))))
      return
    }
    var reader = ContentReader(callPrefix: row.uuid ?? "\(record.start)")
    let blocks = reader.blocks(of: row.message?["content"])
    let isInjected = row.isMeta || row.isVisibleInTranscriptOnly || isMachinePrompt(row)
    // An IDE puts its context into the same row as the prompt: only that block is hidden.
    let hidden = blocks.filter { isInjected ? !$0.isToolResult : $0.isInjectedText }
    let shown = blocks.filter { isInjected ? $0.isToolResult : !$0.isInjectedText }

    if !row.isSidechain, let parent = row.parentUuid, shown.contains(where: { !$0.isToolResult }),
      tree.isBranch(parent: parent)
    {
      events.append(.branch(parent: parent))
    }
    if !hidden.isEmpty {
      var message = self.message(.user, hidden, row)
      message.hidden = true
      events.append(.message(message))
    }
    if !shown.isEmpty { events.append(.message(message(.user, shown, row))) }
    reader.reportUnknown(in: "user", into: &events)
    announceSubagent(row, blocks, into: &events)
    guard !row.isSidechain else { return }
    if let mark = hidden.lazy.compactMap(\.interruption).first {
      turn.abort(reason: mark.string, into: &events)
    } else if shown.contains(where: { !$0.isToolResult }) {
      turn.start(into: &events)
    }
  }

  /// A prompt that was typed while the agent was busy stands in an attachment.
  mutating func readAttachment(_ row: ClaudeRow, at record: Record, into events: inout [TranscriptEvent]) {
    guard let attachment = row.json["attachment"], attachment["type"]?.string == "queued_command" else {
      return
    }
    var reader = ContentReader(callPrefix: row.uuid ?? "\(record.start)")
    let blocks = reader.blocks(of: attachment["prompt"])
    guard !blocks.isEmpty else { return }
    var message = self.message(.user, blocks, row)
    message.queued = true
    let mode = attachment["commandMode"]?.string ?? "prompt"
    message.hidden = row.isMeta || mode == "task-notification" || blocks.contains(where: \.isInjectedText)
    events.append(.message(message))
  }

  /// Newer rows say who wrote the prompt.
  private func isMachinePrompt(_ row: ClaudeRow) -> Bool {
    if row.promptSource?.string == "system" { return true }
    guard let origin = row.origin?["kind"]?.string else { return false }
    return origin == "task-notification" || origin == "coordinator"
  }

  private func summary(_ content: JSONSlice?) -> JSONSlice? {
    guard let content else { return nil }
    if content.kind == .string { return content }
    return content.elements.lazy.compactMap { $0["text"] }.first { $0.kind == .string }
  }

  /// The result of a Task call names the agent whose file holds its work.
  private mutating func announceSubagent(
    _ row: ClaudeRow, _ blocks: [Block], into events: inout [TranscriptEvent]
  ) {
    guard let agent = row.toolUseResult?["agentId"] else { return }
    let call = blocks.lazy.compactMap(\.toolResult).first?.toolUseID
    announce(agent, call: call, into: &events)
  }
}

extension ContentReader {
  /// Counts the kinds of blocks that were passed over.
  func reportUnknown(in place: String, into events: inout [TranscriptEvent]) {
    for type in unknown { events.append(.unknown(type: "\(place)/\(type)")) }
  }
}

extension Block {
  var toolResult: ToolResult? {
    if case .toolResult(let result) = self { return result }
    return nil
  }

  var isToolResult: Bool { toolResult != nil }

  fileprivate var isInjectedText: Bool {
    if case .text(let text) = self { return InjectedText.isClaude(text) }
    return false
  }

  /// The text that marks a turn which the user stopped.
  fileprivate var interruption: JSONSlice? {
    if case .text(let text) = self, text.hasStringPrefix(InjectedText.interruption) { return text }
    return nil
  }
}
