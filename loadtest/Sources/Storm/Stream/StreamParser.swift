/// The bytes of one connection's body, cut into events or WebSocket frames; owned by its reader.
///
/// What lies whole in the bytes received is handed over in place; only an event that is cut by their end is
/// copied, and the copy goes when the event is complete, so that an idle reader holds no buffer.
struct StreamParser {
  enum Framing { case chunked, plain, webSocket }

  private let framing: Framing
  private let eventLimit: Int
  private var chunks = ChunkDecoder()
  private var held: [UInt8] = []

  /// `eventLimit` is the largest event or frame that is taken, in bytes.
  init(_ framing: Framing, eventLimit: Int = 64 << 20) {
    self.framing = framing
    self.eventLimit = eventLimit
  }

  /// Whether nothing of an event, a frame or a chunk is held: the next byte starts a unit.
  var atBoundary: Bool { held.isEmpty && (framing != .chunked || chunks.atBoundary) }

  /// Takes bytes of `input` up to the first boundary behind at least one byte, or all of them.
  @inline(__always)
  mutating func advance(_ input: Stretch, _ body: (StreamItem) -> Void) -> ParserStop {
    switch framing {
    case .chunked: advanceChunk(input, body)
    case .plain: advancePlain(input, body)
    case .webSocket: advanceFrame(input, body)
    }
  }

  @inline(__always)
  private mutating func advanceChunk(_ input: Stretch, _ body: (StreamItem) -> Void) -> ParserStop {
    var index = 0
    while true {
      switch chunks.next(input, &index) {
      case .payload(let count):
        if !take(input.cut(index - count, index), body) {
          return ParserStop(consumed: index, reason: .fault(.size))
        }
      case .boundary:
        if held.isEmpty { return ParserStop(consumed: index, reason: .boundary) }
      case .needsMore: return ParserStop(consumed: index, reason: .exhausted)
      case .end: return ParserStop(consumed: index, reason: .end)
      case .fault: return ParserStop(consumed: index, reason: .fault(.chunk))
      }
    }
  }

  private mutating func advancePlain(_ input: Stretch, _ body: (StreamItem) -> Void) -> ParserStop {
    if held.isEmpty, let (item, end) = EventScanner.next(input, 0) {
      if let item { body(item) }
      return ParserStop(consumed: end, reason: .boundary)
    }
    let fits = take(input, body)
    return ParserStop(
      consumed: input.count, reason: !fits ? .fault(.size) : held.isEmpty ? .boundary : .exhausted)
  }

  /// Hands over the events of `payload`, behind what is held, and keeps the rest; false when that is too long.
  @inline(__always)
  private mutating func take(_ payload: Stretch, _ body: (StreamItem) -> Void) -> Bool {
    guard !held.isEmpty else {
      let rest = Self.events(payload, body)
      if rest < payload.count { held.append(payload.dropFirst(rest)) }
      return held.count <= eventLimit
    }
    held.append(payload)
    let joined = held
    held = []
    let rest = joined.withUnsafeBufferPointer { buffer in
      Self.events(Stretch(buffer.baseAddress ?? Stretch.empty.base, buffer.count), body)
    }
    if rest < joined.count { held = rest == 0 ? joined : Array(joined[rest...]) }
    return held.count <= eventLimit
  }

  @inline(__always)
  private static func events(_ bytes: Stretch, _ body: (StreamItem) -> Void) -> Int {
    var at = 0
    while at < bytes.count, let (item, end) = EventScanner.next(bytes, at) {
      if let item { body(item) }
      at = end
    }
    return at
  }

  @inline(__always)
  private mutating func advanceFrame(_ input: Stretch, _ body: (StreamItem) -> Void) -> ParserStop {
    guard held.isEmpty else { return advanceHeldFrame(input, body) }
    switch WebSocketScanner.next(input, 0) {
    case .frame(let opcode, let payload, let end):
      body(.frame(opcode: opcode, payload: payload))
      return ParserStop(consumed: end, reason: .boundary)
    case .needsMore:
      held.append(input)
      return ParserStop(consumed: input.count, reason: .exhausted)
    case .fault: return ParserStop(consumed: 0, reason: .fault(.frame))
    }
  }

  private mutating func advanceHeldFrame(
    _ input: Stretch, _ body: (StreamItem) -> Void
  ) -> ParserStop {
    let before = held.count
    held.append(input)
    let joined = held
    held = []
    return joined.withUnsafeBufferPointer { buffer in
      let bytes = Stretch(buffer.baseAddress ?? Stretch.empty.base, buffer.count)
      switch WebSocketScanner.next(bytes, 0) {
      case .frame(let opcode, let payload, let end):
        body(.frame(opcode: opcode, payload: payload))
        return ParserStop(consumed: end - before, reason: .boundary)
      case .needsMore:
        held = joined
        return ParserStop(
          consumed: input.count, reason: held.count > eventLimit ? .fault(.size) : .exhausted)
      case .fault: return ParserStop(consumed: 0, reason: .fault(.frame))
      }
    }
  }
}
