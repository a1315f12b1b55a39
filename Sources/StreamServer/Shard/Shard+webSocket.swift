import Glibc
import Reactor
import Wire

extension Shard {
  /// Turns a connection into a WebSocket.
  func startWebSocket(_ connection: Connection, _ plan: WebSocketPlan, _ exchange: Exchange) {
    guard let receiver = WebSocketReceiver(maxMessageBytes: context.webSocket.maxMessageBytes) else {
      return close(connection, "out_of_memory")
    }
    let session = WebSocketSession(receiver: receiver, plan: plan)
    connection.transport = .webSocket
    var headers = [
      ("upgrade", "websocket"), ("connection", "Upgrade"),
      ("sec-websocket-accept", WebSocketAccept.value(for: plan.key)),
    ]
    if session.mux?.isBinary == true { headers.append(("sec-websocket-protocol", TerminalFrame.subprotocol)) }
    connection.outbox.append(responseHead(status: 101, headers: headers))
    let early = exchange.decoder.takeBuffered()
    connection.exchange = nil
    connection.phase = .webSocket(session)
    connection.deadline = nil
    open(connection, for: plan.caller)
    arm(connection, after: context.webSocket.ping)
    pump(connection)
    guard connections[connection.id] === connection, !early.isEmpty else { return }
    early.withUnsafeBytes { receive($0, on: connection, session) }
  }

  /// Bytes of a WebSocket.
  func receive(_ bytes: UnsafeRawBufferPointer, on connection: Connection, _ session: WebSocketSession) {
    guard !connection.closesWhenSent else { return }
    let events = session.receiver.receive(bytes)
    for event in events {
      switch (event, session.mux) {
      case (.text(let text), nil): handle(text, on: connection, session)
      case (.text(let text), let mux?): handle(text, on: connection, session, mux)
      case (.binary, nil): sendError(connection, ref: nil, "UNSUPPORTED", "send JSON in text frames")
      case (.binary(let bytes), let mux?): handle(binary: bytes, on: connection, mux)
      case (.pong, _): session.pingedAt = nil
      case (.closed, _): connection.closesWhenSent = true
      }
    }
    connection.outbox.append(session.receiver.takeReplies())
    if connection.closesWhenSent { leaveAll(on: connection) }
    pump(connection)
  }

  /// Ping time, or the time by which a pong had to come.
  func dueWebSocket(_ connection: Connection, _ session: WebSocketSession) {
    if connection.closesWhenSent { return close(connection, "close_timeout") }
    if let pinged = session.pingedAt {
      guard loop.now - pinged < context.webSocket.pongTimeout else { return close(connection, "no_pong") }
    } else {
      session.pingedAt = loop.now
      var frame: [UInt8] = []
      WebSocketFrame.append(.ping, [], to: &frame)
      connection.outbox.append(frame)
      pump(connection)
      guard connections[connection.id] === connection else { return }
      return arm(connection, after: context.webSocket.pongTimeout)
    }
    arm(connection, after: context.webSocket.ping)
  }

  /// Closes a WebSocket in words and waits a little for the peer's close.
  func closeWebSocket(_ connection: Connection, _ session: WebSocketSession, code: UInt16, _ reason: String) {
    guard !connection.closesWhenSent else { return }
    leaveAll(on: connection)
    var frame: [UInt8] = []
    WebSocketFrame.appendClose(code: code, reason: reason, to: &frame)
    connection.outbox.append(frame)
    connection.closesWhenSent = true
    pump(connection)
  }

  /// Queues one JSON message.
  func sendJSON(_ connection: Connection, _ body: (inout JSONWriter) -> Void) {
    var writer = JSONWriter()
    writer.object(body)
    var frame: [UInt8] = []
    WebSocketFrame.append(.text, writer.take(), to: &frame)
    connection.outbox.append(frame)
  }

  func sendError(_ connection: Connection, ref: JSONSlice?, _ code: String, _ message: String) {
    sendJSON(connection) { json in
      json.field("op", "error")
      json.fieldIfPresent("ref", ref)
      json.field("code", code)
      json.field("message", message)
    }
  }

  /// A change of the feed on a WebSocket.
  func sendChange(_ event: FeedEvent, id: String, on connection: Connection, _ session: WebSocketSession) {
    if session.isTeleClaude { return sendTeleClaudeChange(event, on: connection) }
    sendJSON(connection) { json in
      json.field("op", "event")
      json.field("id", id)
      event.fields(into: &json)
    }
  }
}
