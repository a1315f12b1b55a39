import Wire

@testable import Tail

/// Records of lines of JSON, as a follower would hand them out.
func records(_ lines: [String]) -> [Record] {
  records(of: Array((lines.joined(separator: "\n") + "\n").utf8))
}

/// Records of the bytes of a file.
func records(of bytes: [UInt8]) -> [Record] {
  var result: [Record] = []
  var start = 0
  for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
    let end = start + line.count + 1
    for case .record(let json, _) in splitLine(line) {
      result.append(Record(json: json, start: UInt64(start), end: UInt64(end)))
    }
    start = end
  }
  return result
}

/// The events of each record.
func decode(_ agent: AgentKind, _ records: [Record], profile: TranscriptProfile = .unknown)
  -> [[TranscriptEvent]]
{
  var decoder = TranscriptDecoder(agent: agent, profile: profile)
  return records.map { decoder.decode($0) }
}

/// All events of some lines, each as one line of text.
func read(_ agent: AgentKind, _ lines: String...) -> [String] {
  decode(agent, records(lines)).flatMap { $0 }.map { $0.text }
}

/// As `read`, without the values of the session.
func conversation(_ agent: AgentKind, _ lines: String...) -> [String] {
  decode(agent, records(lines)).flatMap { $0 }.filter { !$0.isMeta }.map { $0.text }
}

extension TranscriptEvent {
  var isMeta: Bool { if case .meta = self { true } else { false } }

  var message: Message? {
    if case .message(let message) = self { return message }
    return nil
  }

  /// The event as tests write it: `user text "hi"`, marks in front of the role.
  var text: String {
    switch self {
    case .message(let message): message.text
    case .update(let update): "update \(update.uuid) \(update.changed) \(update.message.text)"
    case .turn(let turn): joined("turn", turn.state.rawValue, turn.reason, turn.durationMS.map { "\($0) ms" })
    case .compaction(let compaction):
      joined(
        "compaction", compaction.trigger, compaction.preTokens.map { "\($0)" },
        compaction.summary?.description)
    case .retract(let retract): joined("retract", retract.from, retract.turns.map { "\($0) turns" })
    case .branch(let parent): "branch \(parent)"
    case .damaged: "damaged"
    case .subagent(let call, let session): joined("subagent", call, session)
    case .activity(let activity): joined("activity", activity.call, activity.kind, activity.text.description)
    case .meta(let key, let value): "\(key) = \(value)"
    case .usage(let usage): "usage \(usage.json)"
    case .unknown(let type): "unknown \(type)"
    }
  }
}

extension Message {
  var text: String {
    let marks = [
      hidden ? "hidden" : nil, sidechain ? "sidechain" : nil, isError ? "error" : nil,
      queued ? "queued" : nil, author,
    ]
    return (marks.compactMap { $0 } + [role.rawValue] + blocks.map(\.text)).joined(separator: " ")
  }
}

extension Block {
  var text: String {
    switch self {
    case .text(let text): "text \(text)"
    case .thinking(let text): "thinking \(text)"
    case .toolUse(let use):
      "call \(use.id) \(use.name)\(use.providerExecuted ? " (provider)" : "") \(use.input)"
    case .toolResult(let result):
      (["\(result.isError ? "failure" : "result") \(result.toolUseID)"] + result.content.map(\.text)).joined(
        separator: " ")
    case .media(let media): media.text
    }
  }
}

extension ResultPart {
  var text: String {
    switch self {
    case .text(let text): "\(text)"
    case .json(let json): "json \(json)"
    case .media(let media): media.text
    }
  }
}

extension Media {
  var text: String { "\(kind) \(mediaType) \(encodedBytes) #\(index)" }
}

private func joined(_ words: String?...) -> String {
  words.compactMap { $0 }.joined(separator: " ")
}
