import Wire

/// Wraps frames for one transport and session. Transports differ in the wrapping alone, never in data or ids.
public struct FrameEncoder: Sendable {
  /// Bytes that wrapping adds at most, but for the event's name and the session's id: room to reserve.
  public static let overhead = 192

  private let transport: Transport
  /// `{"op":"event","topic":"transcript:<session>","event":"`
  private let envelope: [UInt8]

  /// An encoder for the frames of `session`.
  public init(variant: Variant, session: String) {
    transport = variant.transport
    let topic = JSONSlice(string: "transcript:\(session)")
    envelope = Array(#"{"op":"event","topic":"#.utf8) + topic.bytes + Array(#","event":""#.utf8)
  }

  /// Appends a frame of the line that ends at `line`.
  public func append(_ frame: Frame, line: Cursor, into target: inout [UInt8]) {
    guard let id = frame.id else { return append(frame, idText: nil, into: &target) }
    var text: [UInt8] = []
    text.reserveCapacity(40)
    id.cursor(at: line).append(to: &text)
    append(frame, idText: text, into: &target)
  }

  /// Appends a frame with an id that the caller has made, as streams of several sessions need. The text must be
  /// printable ASCII without quotes and backslashes.
  public func append(_ frame: Frame, idText: [UInt8]?, into target: inout [UInt8]) {
    switch transport {
    case .ssePlain: appendEvent(frame, idText, into: &target)
    case .sseChunked:
      HTTPChunk.appendHeader(eventLength(frame, idText), to: &target)
      let start = target.count
      appendEvent(frame, idText, into: &target)
      assert(target.count - start == eventLength(frame, idText), "the chunk's length is announced before it")
      target += HTTPChunk.trailer
    case .webSocket: appendMessage(frame, idText, into: &target)
    }
  }

  private func appendEvent(_ frame: Frame, _ idText: [UInt8]?, into target: inout [UInt8]) {
    let event: String? = frame.event.isEmpty ? nil : frame.event
    SSE.frame(event: event, id: idText, data: frame.data, into: &target)
  }

  /// Bytes of `event: …`, `id: …` and `data: …` with their line breaks, and the blank line.
  private func eventLength(_ frame: Frame, _ idText: [UInt8]?) -> Int {
    let event = frame.event.isEmpty ? 0 : 8 + frame.event.utf8.count
    let id = idText.map { 5 + $0.count } ?? 0
    return event + id + 7 + frame.data.count + 1
  }

  /// A frame without a name is a `message`, as for an SSE client.
  private func appendMessage(_ frame: Frame, _ idText: [UInt8]?, into target: inout [UInt8]) {
    var head = envelope
    head += (frame.event.isEmpty ? "message" : frame.event).utf8
    if let idText {
      head += #"","id":""#.utf8
      head += idText
    }
    head += #"","data":"#.utf8
    // `[DONE]` is no JSON, a message must be.
    let data = frame == .done ? Array(#""[DONE]""#.utf8) : frame.data
    WebSocketFrame.appendHeader(.text, length: head.count + data.count + 1, to: &target)
    target += head
    target += data
    target.append(UInt8(ascii: "}"))
  }
}
