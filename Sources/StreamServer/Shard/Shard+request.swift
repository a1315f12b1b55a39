import Glibc
import Reactor
import Wire

extension Shard {
  /// Reads what a socket has.
  func read(_ connection: Connection) {
    let result = withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 16) { buffer -> Int in
      let count = Socket.receive(connection.descriptor, into: buffer)
      if count > 0 { take(UnsafeRawBufferPointer(rebasing: buffer[..<count]), on: connection) }
      return count
    }
    if result > 0 || Socket.wouldBlock(result) { return }
    guard result == 0 else { return close(connection, "reset_by_peer") }
    switch connection.phase {
    case .dispatched:
      // A client may say that it sends no more and still wait for its answer.
      connection.isHalfClosed = true
      connection.closesWhenSent = true
      setInterest(connection)
    case .reading where !connection.outbox.isEmpty:
      connection.isHalfClosed = true
      connection.closesWhenSent = true
      setInterest(connection)
    default:
      close(connection, "closed_by_peer")
    }
  }

  private func take(_ bytes: UnsafeRawBufferPointer, on connection: Connection) {
    switch connection.phase {
    case .streaming: break
    case .webSocket(let session): receive(bytes, on: connection, session)
    case .reading, .dispatched:
      if connection.exchange?.decoder.isInsideRequest == false, case .reading = connection.phase {
        setDeadline(connection, after: context.http.headTimeout)
        arm(connection, after: context.http.headTimeout)
      }
      connection.exchange?.decoder.append(bytes)
      if case .reading = connection.phase { return parse(connection) }
      // Requests sent ahead wait in memory; no more of them than one request may have.
      if let ahead = connection.exchange?.decoder.buffered,
        ahead > context.http.headBytes + context.http.bodyBytes
      {
        connection.isReadingPaused = true
        setInterest(connection)
      }
    }
  }

  /// Reads requests until one is complete; the next one waits for its answer.
  func parse(_ connection: Connection) {
    while case .reading = connection.phase, connections[connection.id] === connection {
      guard let exchange = connection.exchange else { return }
      switch exchange.decoder.next() {
      case .needsMore:
        return
      case .head(let head):
        exchange.head = head
        exchange.body = []
        exchange.decoder.setBodyLimit(context.bodyLimit(head) ?? context.http.bodyBytes)
        if head.expectsContinue { connection.outbox.append("HTTP/1.1 100 Continue\r\n\r\n".utf8) }
        pump(connection)
      case .body(let part):
        exchange.body += part
      case .end:
        dispatch(connection, exchange)
      case .fault(let fault):
        refuse(connection, fault)
        return
      }
    }
  }

  private func dispatch(_ connection: Connection, _ exchange: Exchange) {
    guard let head = exchange.head else { return }
    statistics.requests += 1
    connection.phase = .dispatched
    connection.deadline = nil
    exchange.requestID = RequestID.from(head) ?? RequestID.make()
    let request = Request(id: exchange.requestID, head: head, body: exchange.body, peer: exchange.peer)
    exchange.body = []
    let id = connection.id
    Task(executorPreference: loop) {
      let reply = await self.context.handle(request)
      await self.answer(id, reply)
    }
  }

  /// The home loop has answered. If the connection is gone, so is the answer.
  private func answer(_ id: UInt64, _ reply: Reply) {
    guard let connection = connections[id], case .dispatched = connection.phase,
      let exchange = connection.exchange, let head = exchange.head
    else { return }
    switch reply {
    case .response(let response): respond(connection, exchange, response, to: head)
    case .stream(let plan): startStream(connection, plan, exchange, isChunked: head.minorVersion == 1)
    case .webSocket(let plan): startWebSocket(connection, plan, exchange)
    }
  }

  private func respond(
    _ connection: Connection, _ exchange: Exchange, _ response: Response, to head: RequestHead
  ) {
    let keeps = head.keepAlive && !isDraining && !connection.isHalfClosed
    let hasBody = response.status >= 200 && response.status != 204 && response.status != 304
    var headers = response.headers.map { ($0.name, $0.value) }
    headers.append(("date", HTTPDate.now()))
    headers.append(("x-request-id", exchange.requestID))
    if hasBody { headers.append(("content-length", String(response.body.count))) }
    if !keeps {
      headers.append(("connection", "close"))
    } else if head.minorVersion == 0 {
      headers.append(("connection", "keep-alive"))
    }
    connection.outbox.append(responseHead(status: response.status, headers: headers))
    if hasBody, head.method != .head { connection.outbox.append(response.body) }
    connection.closesWhenSent = !keeps
    exchange.head = nil
    connection.isReadingPaused = false
    connection.phase = .reading
    setDeadline(connection, after: context.http.keepAlive)
    arm(connection, after: context.http.keepAlive)
    pump(connection)
    if connections[connection.id] === connection, keeps { parse(connection) }
  }

  /// A request that does not arrive in time.
  func timeOut(_ connection: Connection) {
    refuse(connection, HTTPFault(status: 408, reason: "the request did not arrive within http.head_timeout"))
  }

  /// A request that cannot be read: the reason, and the end.
  private func refuse(_ connection: Connection, _ fault: HTTPFault) {
    let requestID = RequestID.make()
    let problem = Problem(fault, requestID: requestID)
    let body = problem.body()
    connection.outbox.append(
      responseHead(
        status: fault.status,
        headers: [
          ("content-type", "application/json; charset=utf-8"), ("date", HTTPDate.now()),
          ("x-request-id", requestID), ("content-length", String(body.count)), ("connection", "close"),
        ]))
    connection.outbox.append(body)
    connection.exchange = nil
    connection.closesWhenSent = true
    pump(connection)
  }
}
