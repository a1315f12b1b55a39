import Wire

extension ClaudeDialect {
  /// The model that Claude Code names when it wrote the text itself.
  private static let synthetic = "<synthetic>"

  /// An `assistant` row: mostly one block of a model message; all rows of a message share `message.id`.
  mutating func readAssistant(_ row: ClaudeRow, at record: Record, into events: inout [TranscriptEvent]) {
    guard let body = row.message, body.kind == .object else { return }
    let found = body.members(Self.messageKeys)
    let (step, model) = (found[0]?.string, found[1])
    let isSynthetic = model?.string == Self.synthetic
    if !row.isSidechain {
      if !isSynthetic {
        values.set(MetaKey.model, model, into: &events)
        turn.resume(step: step, into: &events)
      }
    }
    var reader = ContentReader(callPrefix: row.uuid ?? "\(record.start)")
    var blocks = reader.blocks(of: found[2])
    var message = self.message(.assistant, [], row)
    if blocks.isEmpty, let redacted = reader.redacted {
      blocks = [.thinking(redacted)]
      message.hidden = true
    }
    message.blocks = blocks
    message.model = model?.string
    message.usage = found[3].flatMap { $0.kind == .object ? $0 : nil }
    message.step = step
    // An id that a proxy gives to every answer is told apart by its request.
    message.call = found[0].map { id in
      row.requestID.map { fingerprint($0, seed: fingerprint(id)) } ?? fingerprint(id)
    }
    if let usage = message.usage, !row.isSidechain, !isSynthetic { turn.use(usage, step: step) }
    message.isError = row.isApiErrorMessage || isSynthetic
    if isSynthetic, blocks.count == 1, case .text(let text) = blocks[0],
      text.hasStringPrefix("No response requested")
    {
      message.hidden = true
      message.isError = false
    }
    if !blocks.isEmpty {
      events.append(.message(message))
    } else if let usage = message.usage {
      events.append(.usage(CallUsage(usage, call: message.call, model: message.model)))
    }
    reader.reportUnknown(in: "assistant", into: &events)
    endTurn(row, found[4]?.string, blocks, step: step, into: &events)
  }

  private static let messageKeys = JSONKeys(["id", "model", "content", "usage", "stop_reason"])

  /// The model's own last word ends a turn when no mark of the system does.
  private mutating func endTurn(
    _ row: ClaudeRow, _ reason: String?, _ blocks: [Block], step: String?,
    into events: inout [TranscriptEvent]
  ) {
    guard !row.isSidechain, let reason else { return }
    switch reason {
    case "end_turn", "stop_sequence", "max_tokens", "refusal": break
    default: return
    }
    // Every row of a message may carry the reason; the text is still to come after its thinking.
    let isOnlyThinking =
      !blocks.isEmpty && blocks.allSatisfy { if case .thinking = $0 { true } else { false } }
    if !isOnlyThinking { turn.end(reason: reason, step: step, into: &events) }
  }
}
