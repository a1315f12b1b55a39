/// Decides whether one event is what the file says must come next at a reader's line. No state of its own.
enum DeliveryCheck {
  struct Fault {
    var kind: Violation.Kind
    var detail: String
  }

  /// Checks the record that came for line `line` of `transcript`, of which `published` lines exist.
  @inline(__always)
  static func record(
    _ event: StreamEvent, _ position: Position, line: Int, published: Int, _ transcript: Transcript,
    _ view: Scenario.View
  ) -> Fault? {
    guard line < published, position.offset == transcript.end(line), position.part == nil else {
      return misplaced(position, line: line, published: published, transcript)
    }
    return content(event, line: line, transcript, view)
  }

  /// Checks what came for line `line` from a server whose ids are its own.
  @inline(__always)
  static func posted(
    _ event: StreamEvent, line: Int, published: Int, _ transcript: Transcript
  ) -> Fault? {
    guard line < published else { return Fault(kind: .repeat, detail: "an event behind the last line") }
    return content(event, line: line, transcript, .raw)
  }

  @inline(__always)
  private static func content(
    _ event: StreamEvent, line: Int, _ transcript: Transcript, _ view: Scenario.View
  ) -> Fault? {
    guard event.dataLines == 1 else {
      return Fault(kind: .protocol, detail: "a record in \(event.dataLines) data lines")
    }
    let expected = transcript.line(line)
    switch view {
    case .raw:
      guard event.data.equals(expected) else { return different(event.data, expected) }
    case .events:
      let text = LinePattern.content(of: expected)
      guard event.data.starts(with: "{\"id\":\""), event.data.count > 7 + event.id.count,
        event.data.cut(7, 7 + event.id.count).equals(event.id)
      else {
        return Fault(kind: .position, detail: "the message's id is not its event's: \(event.data.text())")
      }
      guard let at = event.data.index(of: "\"text\":\""), event.data.count > at + 8 + text.count,
        event.data.cut(at + 8, at + 8 + text.count).equals(text),
        event.data[at + 8 + text.count] == UInt8(ascii: "\"")
      else { return different(event.data, text) }
    }
    return nil
  }

  /// Says in which way a position is not the end of `line`.
  static func misplaced(
    _ position: Position, line: Int, published: Int, _ transcript: Transcript
  ) -> Fault {
    let expected = line < published ? String(transcript.end(line)) : "nothing"
    if let part = position.part {
      return Fault(kind: .position, detail: "part \(part) of a record that has one frame")
    }
    guard let found = transcript.line(endingAt: position.offset, count: published) else {
      return Fault(
        kind: .position, detail: "offset \(position.offset) ends no line (expected \(expected))")
    }
    return found < line
      ? Fault(kind: .repeat, detail: "line \(found) came again (expected \(line))")
      : Fault(kind: .gap, detail: "\(found - line) lines missing before line \(found)")
  }

  private static func different(_ found: Stretch, _ expected: Stretch) -> Fault {
    Fault(
      kind: .content,
      detail: "\(found.count) bytes “\(found.text(limit: 100))” instead of \(expected.count) bytes “"
        + "\(expected.text(limit: 100))”")
  }
}
