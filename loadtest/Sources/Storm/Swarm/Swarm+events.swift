extension Swarm {
  /// Takes one item of a reader's stream; true only for a record that was right.
  func take(_ index: Int, _ item: StreamItem, _ topic: Topic, _ published: Int, _ now: UInt64) -> Bool {
    guard readers[index].phase == .streaming else { return false }
    switch item {
    case .comment: tally.heartbeats += 1
    case .event(let event): return take(index, event, topic, published, now)
    case .frame(1, let payload):
      switch Envelope.read(payload) {
      case .event(let event): return take(index, event, topic, published, now)
      case .ack: break
      case .refused(let text): fail(index, .unexpected, "subscribing: \(text)")
      case .other(let text): fail(index, .unexpected, text)
      }
    case .frame(8, let payload):
      tally.byes += 1
      readers[index].toldBye = true
      answer(opcode: 8, payload)
    case .frame(9, let payload):
      tally.heartbeats += 1
      answer(opcode: 10, payload)
    case .frame(10, _): break
    case .frame(let opcode, _): fail(index, .protocol, "a frame with opcode \(opcode)")
    }
    return false
  }

  /// Keeps a frame for the end of the parser's call: a send may close the connection, and the parser with it.
  private func answer(opcode: UInt8, _ payload: Stretch) {
    WebSocketScanner.appendMasked(
      opcode: opcode, payload.buffer, mask: UInt32(truncatingIfNeeded: random.next()), to: &answers)
  }

  private func take(
    _ index: Int, _ event: StreamEvent, _ topic: Topic, _ published: Int, _ now: UInt64
  ) -> Bool {
    if event.name.isEmpty || event.name == "message" { return record(index, event, topic, published, now) }
    if event.name == "hello" {
      greet(index, event, topic, now)
    } else if event.name == "caught_up" {
      caughtUp(index, event)
    } else if event.name == "lagged" {
      tally.lagged += 1
    } else if event.name == "bye" {
      tally.byes += 1
      readers[index].toldBye = true
    } else if event.name == "reset" {
      tally.resets += 1
      fail(index, .reset, event.data.text(limit: 300))
    } else if event.name == "status" || event.name == "meta" || event.name == "activity" {
      if !event.id.isEmpty { fail(index, .unexpected, "\(event.name.text()) with id \(event.id.text())") }
    } else {
      fail(index, .unexpected, "\(event.name.text()): \(event.data.text(limit: 300))")
    }
    return false
  }

  private func record(
    _ index: Int, _ event: StreamEvent, _ topic: Topic, _ published: Int, _ now: UInt64
  ) -> Bool {
    let reader = readers.baseAddress.unsafelyUnwrapped + index
    guard reader.pointee.greeted else {
      fail(index, .greeting, "a record before hello")
      return false
    }
    if let fault = check(index, event, topic, published) {
      fail(index, fault.kind, fault.detail)
      return false
    }
    delivered(reader, topic, 1, now)
    return true
  }

  @inline(__always)
  private func check(
    _ index: Int, _ event: StreamEvent, _ topic: Topic, _ published: Int
  ) -> DeliveryCheck.Fault? {
    let line = readers[index].line
    if scenario.source == .post {
      return DeliveryCheck.posted(event, line: line, published: published, topic.transcript)
    }
    guard let position = Position(event.id) else {
      return .init(kind: .position, detail: "no position: “\(event.id.text())”")
    }
    guard position.epoch == topic.epoch else {
      return .init(kind: .epoch, detail: "“\(event.id.text())” in a stream of another epoch")
    }
    return DeliveryCheck.record(
      event, position, line: line, published: published, topic.transcript, scenario.view)
  }

  /// The stream begins: at the reader's position, in the topic's epoch.
  private func greet(_ index: Int, _ event: StreamEvent, _ topic: Topic, _ now: UInt64) {
    guard let position = Position(event.id) else {
      fail(index, .greeting, "hello without a position: “\(event.id.text())”")
      return
    }
    if let epoch = topic.epoch, epoch != position.epoch {
      fail(index, .epoch, "hello “\(event.id.text())” after an earlier epoch \(String(epoch, radix: 16))")
      return
    }
    let expected = Position(epoch: position.epoch, offset: readers[index].position?.offset ?? 0)
    guard position == expected else {
      fail(index, .greeting, "hello at “\(event.id.text())” instead of offset \(expected.offset)")
      return
    }
    topic.epoch = position.epoch
    readers[index].position = position
    readers[index].greeted = true
    // A reader that reads when it pleases says nothing about the server.
    let kind = readers[index].kind
    if kind == .steady || kind == .reconnecting {
      tally.greeting.record(now &- readers[index].connectedAt)
    }
  }

  /// History ends: exactly where the reader is.
  private func caughtUp(_ index: Int, _ event: StreamEvent) {
    guard let position = Position(event.id), position == readers[index].position else {
      fail(
        index, .greeting,
        "caught_up “\(event.id.text())” at offset \(readers[index].position?.offset ?? 0)")
      return
    }
  }
}
