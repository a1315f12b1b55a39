import Glibc
import Reactor

extension Swarm {
  /// Reads once from a reader's socket, at most `limit` bytes, and checks what came.
  func receive(_ index: Int, limit: Int) {
    let got = recv(readers[index].fd, buffer, min(limit, bufferBytes), 0)
    if got < 0, errno == EAGAIN || errno == EINTR { return }
    guard got > 0 else {
      lost(index, got == 0 ? "closed by the server" : SystemError(call: "recv").description)
      return
    }
    tally.reads += 1
    tally.bytes += UInt64(got)
    let input = Stretch(buffer, got)
    if readers[index].phase == .head { head(index, input) } else { body(index, input) }
    if readers[index].phase == .broken { closeDescriptor(index) }
  }

  // MARK: The head

  private func head(_ index: Int, _ input: Stretch) {
    readers[index].head.append(input)
    let bytes = readers[index].head
    bytes.withUnsafeBufferPointer { raw in
      let all = Stretch(raw.baseAddress ?? Stretch.empty.base, raw.count)
      guard let head = ResponseHead(all) else {
        if raw.count > ResponseHead.limit { fail(index, .protocol, "a head without end") }
        return
      }
      readers[index].head = []
      settled(index)
      readers[index].phase = .streaming
      guard accept(index, head, all) else { return }
      if head.length < all.count { body(index, all.dropFirst(head.length)) }
    }
  }

  /// Chooses the framing of the body, and subscribes on a WebSocket; false when the answer is no stream.
  private func accept(_ index: Int, _ head: ResponseHead, _ all: Stretch) -> Bool {
    switch scenario.transport {
    case .sse:
      guard head.status == 200 else {
        fail(index, .status, "\(head.status): \(all.text(limit: 400))")
        return false
      }
      readers[index].parser = StreamParser(head.chunked ? .chunked : .plain)
      // A hub greets nobody.
      if scenario.source == .post { readers[index].greeted = true }
    case .ws:
      guard head.status == 101 else {
        fail(index, .status, "\(head.status): \(all.text(limit: 400))")
        return false
      }
      let accepted = head.accept.utf8.elementsEqual(RequestText.accept.description.utf8)
      guard accepted else {
        fail(index, .protocol, "Sec-WebSocket-Accept: \(head.accept)")
        return false
      }
      readers[index].parser = StreamParser(.webSocket)
      let text = RequestText.subscribe(
        scenario, session: topics[readers[index].topic].transcript.session,
        after: readers[index].position)
      var frame: [UInt8] = []
      WebSocketScanner.appendMasked(
        opcode: 1, text, mask: UInt32(truncatingIfNeeded: random.next()), to: &frame)
      return transmit(index, frame)
    }
    return true
  }

  // MARK: The body

  /// Takes a stretch of the body: whole frames that were checked before by one comparison, others by parsing.
  private func body(_ index: Int, _ input: Stretch) {
    let reader = readers.baseAddress.unsafelyUnwrapped + index
    let topic = topics[reader.pointee.topic]
    let published = topic.transcript.count
    let now = Clock.monotonic()
    var at = 0
    while at < input.count, reader.pointee.phase == .streaming {
      let rest = input.dropFirst(at)
      let aligned = reader.pointee.parser.atBoundary
      if aligned, reader.pointee.greeted {
        let (lines, bytes) = topic.frames.match(rest, line: reader.pointee.line)
        if lines > 0 {
          delivered(reader, topic, lines, now)
          tally.compared += UInt64(lines)
          at += bytes
          continue
        }
      }
      let line = reader.pointee.line
      var others = 0
      let stop = reader.pointee.parser.advance(rest) { item in
        if !self.take(index, item, topic, published, now) { others += 1 }
      }
      at += stop.consumed
      if !answers.isEmpty {
        let frames = answers
        answers = []
        guard transmit(index, frames) else { return }
      }
      switch stop.reason {
      case .boundary:
        if aligned, others == 0, reader.pointee.line == line + 1 {
          topic.frames.append(rest.cut(0, stop.consumed), line: line)
        }
      case .exhausted: return
      case .end:
        lost(index, "the body ended")
        return
      case .fault(let fault): fail(index, .protocol, fault.rawValue)
      }
    }
  }

  /// Counts `lines` records from the reader's line on.
  @inline(__always)
  func delivered(
    _ reader: UnsafeMutablePointer<Reader>, _ topic: Topic, _ lines: Int, _ now: UInt64
  ) {
    let transcript = topic.transcript
    let from = reader.pointee.line
    let kind = reader.pointee.kind
    if kind == .steady || kind == .reconnecting {
      for line in from..<from + lines {
        let appendedAt = transcript.appendedAt(line)
        if appendedAt >= reader.pointee.connectedAt { tally.latency.record(now &- appendedAt) }
      }
    }
    reader.pointee.line = from + lines
    reader.pointee.position?.offset = transcript.end(from + lines - 1)
    tally.deliveries += UInt64(lines)
    tally.lastDelivery = now
  }
}
