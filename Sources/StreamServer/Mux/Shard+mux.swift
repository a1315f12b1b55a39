import Reactor
import Wire

/// What clients of `/mux` ask for (STREAMS section 6). What cannot be done is answered, never punished.
extension Shard {
  /// One text message.
  func handle(_ text: [UInt8], on connection: Connection, _ session: WebSocketSession, _ mux: MuxSocket) {
    guard let message = JSONSlice(validating: text), message.kind == .object else {
      return refuse(
        MuxRefusal("INVALID_JSON", "a text message is one JSON object"), nil, nil, on: connection)
    }
    let ref = message["ref"]
    do throws(MuxRefusal) {
      switch try MuxRequest(message) {
      case .open(let id, let size, let watches):
        try open(id, size, watches: watches, ref, on: connection, session, mux)
      case .data(let id, let bytes): try type(bytes, into: try mux.terminal(id))
      case .resize(let id, let size):
        try mux.terminal(id).resize(size)
        tell(connection, "resize", id, ref) { $0.size(size) }
      case .close(let id):
        try close(id, mux)
        tell(connection, "exited", id, ref) { $0.field("reason", "closed") }
      }
    } catch {
      refuse(error, message["id"], ref, on: connection)
    }
  }

  /// One binary message.
  func handle(binary message: [UInt8], on connection: Connection, _ mux: MuxSocket) {
    do throws(MuxRefusal) {
      guard mux.isBinary, let frame = TerminalFrame(message) else {
        throw MuxRefusal(
          "UNSUPPORTED",
          "binary messages are of the subprotocol \(TerminalFrame.subprotocol): four bytes of number, then data"
        )
      }
      try type(frame.bytes, into: try mux.terminal(number: frame.number))
    } catch {
      refuse(error, nil, nil, on: connection)
    }
  }

  /// Asks the home loop who may; the answer finds the connection by its number, if that is still there.
  private func open(
    _ id: String, _ size: TerminalSize, watches: Bool, _ ref: JSONSlice?, on connection: Connection,
    _ session: WebSocketSession, _ mux: MuxSocket
  ) throws(MuxRefusal) {
    let number = try mux.expect(id, context.mux)
    let demand = TerminalDemand(session: id, watches: watches, caller: session.caller)
    let connectionID = connection.id
    Task(executorPreference: loop) {
      let granted = await self.context.terminal(demand)
      await self.opened(id, number, size, ref, on: connectionID, granted)
    }
  }

  private func opened(
    _ id: String, _ number: UInt32, _ size: TerminalSize, _ ref: JSONSlice?, on connectionID: UInt64,
    _ granted: Result<TerminalGrant, Problem>
  ) {
    guard let connection = connections[connectionID], !connection.closesWhenSent,
      let mux = connection.mux, mux.opening[id] == number
    else { return }
    mux.opening[id] = nil
    do throws(MuxRefusal) {
      let grant: TerminalGrant
      do throws(Problem) { grant = try granted.get() } catch { throw MuxRefusal(error) }
      let terminal = try start(id, number, size, grant, on: connection)
      mux.terminals.append(terminal)
      tell(connection, "opened", id, ref) { json in
        json.field("number", number)
        json.size(size)
        json.field("writable", terminal.isWritable)
      }
    } catch {
      refuse(error, nil, ref, id: id, on: connection)
    }
    pump(connection)
  }

  private func type(_ bytes: some Collection<UInt8>, into terminal: MuxTerminal) throws(MuxRefusal) {
    try terminal.type(bytes)
    settle(terminal)
  }

  private func close(_ id: String, _ mux: MuxSocket) throws(MuxRefusal) {
    if mux.opening.removeValue(forKey: id) != nil { return }
    end(try mux.terminal(id), of: mux)
  }

  // MARK: What a client is told

  private func tell(
    _ connection: Connection, _ operation: String, _ id: String, _ ref: JSONSlice?,
    _ more: (inout JSONWriter) -> Void
  ) {
    sendJSON(connection) { json in
      json.field("ch", "terminal")
      json.field("op", operation)
      json.field("id", id)
      json.fieldIfPresent("ref", ref)
      more(&json)
    }
  }

  private func refuse(
    _ refusal: MuxRefusal, _ named: JSONSlice?, _ ref: JSONSlice?, id: String? = nil,
    on connection: Connection
  ) {
    sendJSON(connection) { json in
      json.field("ch", "terminal")
      json.field("op", "error")
      json.fieldIfPresent("id", id ?? named?.string)
      json.fieldIfPresent("ref", ref)
      json.field("code", refusal.code)
      json.field("message", refusal.message)
    }
  }

  /// What a terminal shows, as a message of its socket.
  func send(_ bytes: ArraySlice<UInt8>, of terminal: MuxTerminal, on connection: Connection, _ mux: MuxSocket)
  {
    guard mux.isBinary else {
      return tell(connection, "data", terminal.id, nil) { $0.field("data", Base64.encode(bytes)) }
    }
    var frame: [UInt8] = []
    WebSocketFrame.append(.binary, TerminalFrame(number: terminal.number, bytes: bytes).encoded, to: &frame)
    connection.outbox.append(frame)
  }

  /// The client of a terminal has ended: its session is gone, or tmux.
  func tellEnd(of terminal: MuxTerminal, _ exit: ChildExit, on connection: Connection) {
    tell(connection, "exited", terminal.id, nil) { json in
      json.field("reason", "ended")
      switch exit {
      case .exited(let code): json.field("code", code)
      case .signalled(let signal): json.field("signal", signal)
      }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func size(_ size: TerminalSize) {
    field("cols", size.columns)
    field("rows", size.rows)
  }
}
