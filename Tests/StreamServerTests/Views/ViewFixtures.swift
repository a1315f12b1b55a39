import StreamServer
import Tail
import Wire

/// The line that all golden frames belong to.
let line = Cursor(epoch: Epoch(0x9f3c_21aa), offset: 18442)

func json(_ text: String) -> JSONSlice { JSONSlice(Array(text.utf8)) }

func string(_ text: String) -> JSONSlice { JSONSlice(string: text) }

func record(_ text: String, end: UInt64 = 18442) -> Record {
  Record(json: json(text), start: 0, end: end)
}

func message(
  _ role: Role, _ blocks: [Block], uuid: String? = "u1", step: String? = nil,
  _ change: (inout Message) -> Void = { _ in }
) -> TranscriptEvent {
  var message = Message(role: role, blocks: blocks, uuid: uuid, timestamp: "2026-02-03T09:00:00Z")
  message.step = step
  change(&message)
  return .message(message)
}

func call(_ id: String, _ input: String = #"{"a":1}"#) -> Block {
  .toolUse(ToolUse(id: id, name: "Bash", input: json(input)))
}

func result(_ id: String, _ content: [ResultPart] = [.text(string("ok"))], isError: Bool = false) -> Block {
  .toolResult(ToolResult(toolUseID: id, content: content, isError: isError))
}

extension Frame {
  var text: String { String(decoding: data, as: UTF8.self) }

  /// `id event data`, the id as `.n`, `record` or `-`.
  var golden: String {
    let id =
      switch id {
      case .part(let number): ".\(number)"
      case .record: "record"
      case nil: "-"
      }
    return event.isEmpty ? "\(id) \(text)" : "\(id) \(event) \(text)"
  }
}

/// The golden lines of one line's events in a fresh encoder.
func render(
  _ view: ViewKind, _ include: Include, limits: ViewLimits = ViewLimits(), _ events: TranscriptEvent...
) -> [String] {
  render(view, include, limits: limits, events: events)
}

func render(
  _ view: ViewKind, limits: ViewLimits = ViewLimits(), _ events: TranscriptEvent...
) -> [String] {
  render(view, .standard, limits: limits, events: events)
}

private func render(
  _ view: ViewKind, _ include: Include, limits: ViewLimits, events: [TranscriptEvent]
) -> [String] {
  var encoder = ViewEncoder(view: view, include: include, sessionID: "s1", limits: limits)
  return encoder.frames(at: line, records: [], events: events).map(\.golden)
}
