import Wire

@testable import Client

/// Events of a transcript as a server sends them.
enum Events {
  static let epoch = "0a1b2c3d"

  static func cursor(_ number: Int) -> String { "\(epoch)-\(number * 10)" }

  /// The same as a value.
  static func place(_ number: Int) -> Cursor {
    guard let cursor = Cursor(cursor(number)) else { fatalError("no position") }
    return cursor
  }

  static func event(_ name: String, _ id: String?, _ json: String) -> TranscriptEvent {
    TranscriptEvent(name: name, id: id, data: JSONSlice(Array(json.utf8)))
  }

  /// A message of one text, the record of this number.
  static func text(_ number: Int, _ text: String? = nil, role: String = "assistant") -> TranscriptEvent {
    let text = JSONSlice(string: text ?? "line \(number)").description
    return message(number, role: role, #"{"type":"text","text":\#(text)}"#)
  }

  static func message(_ number: Int, role: String = "assistant", _ blocks: String...) -> TranscriptEvent {
    event(
      "message", cursor(number),
      #"{"id":"\#(cursor(number))","uuid":"u\#(number)","role":"\#(role)","blocks":[\#(blocks.joined(separator: ","))]}"#
    )
  }

  static func call(_ id: String, _ name: String = "Bash", input: String = #"{"command":"ls"}"#) -> String {
    #"{"type":"tool_use","id":"\#(id)","name":"\#(name)","input":\#(input)}"#
  }

  static func result(_ id: String, _ text: String, isError: Bool = false) -> String {
    #"{"type":"tool_result","tool_use_id":"\#(id)","content":\#(JSONSlice(string: text).description),"is_error":\#(isError)}"#
  }

  /// The same as a stream has it.
  static func live(_ event: TranscriptEvent) -> StreamEvent {
    StreamEvent(name: event.name, id: event.id, data: Array(event.data.bytes))
  }
}

extension Transcript {
  /// The texts of all that is held.
  var texts: [String] { numbers.flatMap { self[$0].blocks.map(\.text) } }
}

extension TranscriptView {
  /// The rows of the window as text.
  var rows: [String] {
    mutating get { window().map(\.line.text) }
  }
}
