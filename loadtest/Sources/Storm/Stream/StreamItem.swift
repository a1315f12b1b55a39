/// One event of a stream; its stretches are valid only during the call that hands it over.
struct StreamEvent {
  /// The event's name; empty for a plain message.
  var name = Stretch.empty
  /// The id as it came; empty when there was none.
  var id = Stretch.empty
  var data = Stretch.empty
  /// `data:` lines; more than one is legal SSE and forbidden by the stream contract.
  var dataLines = 0
}

/// What a parser hands over.
enum StreamItem {
  case event(StreamEvent)
  case comment
  /// A WebSocket message or control frame.
  case frame(opcode: UInt8, payload: Stretch)
}

/// How far a parser came, and why it stopped there.
struct ParserStop: Equatable {
  enum Reason: Equatable {
    /// All bytes were taken.
    case exhausted
    /// A unit ended: nothing of a frame or an event is held.
    case boundary
    /// The body is complete.
    case end
    case fault(Fault)
  }

  enum Fault: String {
    case chunk = "bytes that are no chunk"
    case frame = "bytes that are no WebSocket frame of a server"
    case size = "an event over the size limit"
  }

  var consumed: Int
  var reason: Reason
}
