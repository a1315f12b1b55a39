/// Finds the events of a `text/event-stream` (WHATWG HTML, "Server-sent events") in bytes that lie together.
///
/// Lines end with LF or CRLF; a lone CR, which no server here sends, is a part of its line.
enum EventScanner {
  /// Reads the event, or the lone comment, that starts at `start`; nil when its blank line has not come yet.
  ///
  /// Returns where the next one starts. Of a comment that stands alone `item` is `.comment`; a stretch of blank
  /// lines or of a lone `retry:` yields no item.
  @inline(__always)
  static func next(_ input: Stretch, _ start: Int) -> (item: StreamItem?, end: Int)? {
    var event = StreamEvent()
    var hasEvent = false
    var hasComment = false
    var at = start
    while let lineEnd = input.index(of: 0x0a, from: at) {
      var end = lineEnd
      if end > at, input[end - 1] == 0x0d { end -= 1 }
      if end == at {
        let item: StreamItem? = hasEvent ? .event(event) : hasComment ? .comment : nil
        return (item, lineEnd + 1)
      }
      field(input, at, end, &event, &hasEvent, &hasComment)
      at = lineEnd + 1
    }
    return nil
  }

  @inline(__always)
  private static func field(
    _ input: Stretch, _ at: Int, _ end: Int, _ event: inout StreamEvent, _ hasEvent: inout Bool,
    _ hasComment: inout Bool
  ) {
    let line = input.cut(at, end)
    switch line[0] {
    case UInt8(ascii: ":"):
      hasComment = true
    case UInt8(ascii: "d") where line.starts(with: "data"):
      guard let value = value(line, 4) else { return }
      event.data = value
      event.dataLines += 1
      hasEvent = true
    case UInt8(ascii: "i") where line.starts(with: "id"):
      guard let value = value(line, 2) else { return }
      event.id = value
    case UInt8(ascii: "e") where line.starts(with: "event"):
      guard let value = value(line, 5) else { return }
      event.name = value
    default:
      break
    }
  }

  /// What stands behind the colon and one space; nil when the field's name is longer than `name` bytes.
  @inline(__always)
  private static func value(_ line: Stretch, _ name: Int) -> Stretch? {
    guard line.count > name else { return .empty }
    guard line[name] == UInt8(ascii: ":") else { return nil }
    let from = line.count > name + 1 && line[name + 1] == 0x20 ? name + 2 : name + 1
    return line.dropFirst(from)
  }
}
