/// Frames of a `text/event-stream` (WHATWG HTML, "Server-sent events"), appended to a buffer of the caller.
///
/// A CR or LF in any field becomes a space: in JSON it can only stand between tokens, and in an id or an event name it
/// would let transcript content forge a frame.
public enum SSE {
  /// The comment that keeps an idle connection alive; no client sees it as an event.
  public static let comment: [UInt8] = Array(":\n\n".utf8)

  /// One event: `event`, `id` and `data` lines and the blank line.
  public static func frame(
    event: StaticString?, id: [UInt8]?, data: some Collection<UInt8>, into target: inout [UInt8]
  ) {
    if let event { event.withUTF8Buffer { line("event: ", $0, &target) } }
    if let id { line("id: ", id, &target) }
    end(data, &target)
  }

  /// One event whose name is not a literal.
  @_disfavoredOverload
  public static func frame(
    event: String?, id: [UInt8]?, data: some Collection<UInt8>, into target: inout [UInt8]
  ) {
    if let event { line("event: ", event.utf8, &target) }
    if let id { line("id: ", id, &target) }
    end(data, &target)
  }

  /// One event with a position as its id.
  public static func frame(
    event: StaticString?, id: Cursor, data: some Collection<UInt8>, into target: inout [UInt8]
  ) {
    var text: [UInt8] = []
    id.append(to: &text)
    frame(event: event, id: text, data: data, into: &target)
  }

  /// The line that sets how long a client waits before it comes back; a frame follows it.
  public static func retry(milliseconds: Int, into target: inout [UInt8]) {
    target.append(contentsOf: "retry: ".utf8)
    DecimalText.append(UInt64(max(0, milliseconds)), to: &target)
    target.append(UInt8(ascii: "\n"))
  }

  private static func end(_ data: some Collection<UInt8>, _ target: inout [UInt8]) {
    line("data: ", data, &target)
    target.append(UInt8(ascii: "\n"))
  }

  private static func line(_ field: StaticString, _ value: some Collection<UInt8>, _ target: inout [UInt8]) {
    field.withUTF8Buffer { target.append(contentsOf: $0) }
    let start = target.count
    target.append(contentsOf: value)
    target.withUnsafeMutableBufferPointer { LineBreaks.replace(in: $0, from: start) }
    target.append(UInt8(ascii: "\n"))
  }
}
