import Wire

extension Shard {
  /// The topics of the change feed (STREAMS section 6), beside `channel:NAME` and `transcript:<id>`.
  private static let changeTopics: Set<String> = [
    "sessions", "activity", "transcript", "messages", "memory", "hooks", "settings", "inventory", "entities",
    "system",
  ]

  /// One message of a client. What cannot be understood is answered, never punished.
  func handle(_ text: [UInt8], on connection: Connection, _ session: WebSocketSession) {
    guard let message = JSONSlice(validating: text), message.kind == .object else {
      return sendError(connection, ref: nil, "INVALID_JSON", "a message is one JSON object")
    }
    let ref = message["ref"]
    switch message["op"]?.string {
    case "ping": acknowledge(connection, ref)
    case "subscribe": subscribe(message, ref, on: connection, session)
    case "unsubscribe": unsubscribe(message, ref, on: connection, session)
    case let op? where ["send", "interrupt", "answer"].contains(op):
      perform(SocketCommand(operation: op, message: message, caller: session.caller), ref, on: connection)
    case let op?:
      sendError(connection, ref: ref, "UNKNOWN_OP", "op \(op.prefix(64)) is not known")
    case nil:
      if !handleTeleClaude(message, on: connection, session) {
        sendError(connection, ref: ref, "VALIDATION_ERROR", "op is missing")
      }
    }
  }

  private func acknowledge(_ connection: Connection, _ ref: JSONSlice?) {
    sendJSON(connection) { json in
      json.field("op", "ack")
      json.fieldIfPresent("ref", ref)
    }
  }

  /// Has a command done on the home loop; its answer finds the connection by its number, if that is still there.
  private func perform(_ command: SocketCommand, _ ref: JSONSlice?, on connection: Connection) {
    let id = connection.id
    Task(executorPreference: loop) {
      let result = await self.context.command(command)
      await self.answer(id, ref, result)
    }
  }

  private func answer(_ id: UInt64, _ ref: JSONSlice?, _ result: Result<[UInt8], Problem>) {
    guard let connection = connections[id], case .webSocket = connection.phase else { return }
    switch result {
    case .success(let members):
      sendJSON(connection) { json in
        json.field("op", "ack")
        json.fieldIfPresent("ref", ref)
        json.field("result", JSONSlice(members))
      }
    case .failure(let problem):
      sendError(connection, ref: ref, problem.code.rawValue, problem.message)
    }
    pump(connection)
  }

  private func topics(_ message: JSONSlice) -> [String]? {
    guard let list = message["topics"], list.kind == .array else { return nil }
    let names = list.elements.compactMap(\.string)
    return names.count == list.elements.count ? names : nil
  }

  private func subscribe(
    _ message: JSONSlice, _ ref: JSONSlice?, on connection: Connection, _ session: WebSocketSession
  ) {
    guard let names = topics(message), !names.isEmpty else {
      return sendError(connection, ref: ref, "VALIDATION_ERROR", "topics must be a list of names")
    }
    let added = Set(names).count { !session.has($0) }
    guard session.topicCount + added <= context.webSocket.maxTopics else {
      return sendError(
        connection, ref: ref, "TOO_MANY_TOPICS", "ws.max_topics is \(context.webSocket.maxTopics)")
    }
    var view = ViewKind.events
    if let wanted = message["view"]?.string {
      guard let known = ViewKind(rawValue: wanted) else {
        return sendError(connection, ref: ref, "VALIDATION_ERROR", "view must be events, raw, ui or agent")
      }
      view = known
    }
    var include = Include.standard
    if let wanted = message["include"]?.string {
      guard let known = Include(parameter: wanted) else {
        return sendError(connection, ref: ref, "VALIDATION_ERROR", "include names an unknown part")
      }
      include = known
    }
    var changes: Set<String> = []
    var transcripts: [(String, StartPoint)] = []
    var feedAfter: FeedCursor?
    for name in names {
      if name.hasPrefix("transcript:") {
        switch start(message) {
        case .success(let start): transcripts.append((String(name.dropFirst(11)), start))
        case .failure(let fault): return sendError(connection, ref: ref, fault.code, fault.message)
        }
      } else if Self.changeTopics.contains(name) || name.hasPrefix("channel:") {
        changes.insert(name)
        if let after = message["after"], !after.isNull {
          guard let cursor = after.string.flatMap({ FeedCursor($0) }) else {
            return sendError(connection, ref: ref, "INVALID_CURSOR", "after is not a position of the feed")
          }
          feedAfter = cursor
        }
      } else {
        return sendError(connection, ref: ref, "UNKNOWN_TOPIC", "there is no topic \(name.prefix(64))")
      }
    }
    // The topics of one socket share one position, and what came before it cannot be sent between what follows it.
    if feedAfter != nil, connection.feed != nil {
      return sendError(
        connection, ref: ref, "VALIDATION_ERROR", "after is for the first subscription to changes of a socket"
      )
    }
    let variant = Variant(view: view, include: include, transport: .webSocket)
    let id = connection.id
    Task {
      // One session may be named by several ids; its frames name it by its own.
      var wanted: [(name: String, id: String, start: StartPoint)] = []
      for (name, start) in transcripts {
        guard let entry = await self.context.engine.entry(name) else {
          if let connection = self.connections[id] {
            self.sendError(
              connection, ref: ref, "SESSION_NOT_FOUND", "there is no session \(name.prefix(128))")
            self.pump(connection)
          }
          return
        }
        if !wanted.contains(where: { $0.id == entry.id }) { wanted.append((name, entry.id, start)) }
      }
      guard let connection = self.connections[id], !connection.closesWhenSent else { return }
      if !changes.isEmpty { session.isTeleClaude = false }
      if !changes.isSubset(of: session.changes) {
        session.changes.formUnion(changes)
        self.watchChanges(connection, session, after: feedAfter)
      }
      let begin = { [wanted] (shard: isolated Shard, connection: Connection) in
        shard.acknowledge(connection, ref)
        guard case .webSocket(let session) = connection.phase else { return }
        for (name, id, start) in wanted where !session.watches(id) {
          shard.subscribe(connection, session: id, variant, start, untilTurn: false)
          session.transcripts[name] = connection.subscriptions.last
        }
      }
      if changes.isEmpty {
        begin(self, connection)
      } else {
        self.whenPlaced(connection, begin)
      }
      self.pump(connection)
    }
  }

  private struct StartFault: Error {
    var code: String
    var message: String
  }

  private func start(_ message: JSONSlice) -> Result<StartPoint, StartFault> {
    if let after = message["after"], !after.isNull {
      guard let cursor = after.string.flatMap({ Cursor($0) }) else {
        return .failure(StartFault(code: "INVALID_CURSOR", message: "after is not a cursor"))
      }
      return .success(.cursor(cursor))
    }
    if let since = message["since_timestamp"], !since.isNull {
      let time =
        since.kind == .string
        ? since.string.flatMap { Timestamp($0) } : since.int.map { Timestamp(milliseconds: $0) }
      guard let time else {
        return .failure(StartFault(code: "VALIDATION_ERROR", message: "since_timestamp is not a time"))
      }
      return .success(
        .since(milliseconds: time.milliseconds, after: message["since_mode"]?.string == "after"))
    }
    if let tail = message["tail"]?.int, tail >= 0 { return .success(.tail(Int(min(tail, 1_000_000)))) }
    return .success(.beginning)
  }

  private func unsubscribe(
    _ message: JSONSlice, _ ref: JSONSlice?, on connection: Connection, _ session: WebSocketSession
  ) {
    guard let names = topics(message) else {
      return sendError(connection, ref: ref, "VALIDATION_ERROR", "topics must be a list of names")
    }
    for name in names {
      if name.hasPrefix("transcript:"),
        let subscription = session.transcripts.removeValue(forKey: String(name.dropFirst(11)))
      {
        leave(subscription, on: connection)
      }
      session.changes.remove(name)
    }
    if session.changes.isEmpty {
      endFeed(connection)
    } else {
      connection.feed?.plan.topics = session.changes
    }
    acknowledge(connection, ref)
  }

  /// Begins the feed of a socket, or widens its filter.
  func watchChanges(_ connection: Connection, _ session: WebSocketSession, after: FeedCursor?) {
    if let feed = connection.feed {
      feed.plan.topics = session.changes
    } else {
      startFeed(connection, FeedPlan(topics: session.changes, after: after))
    }
  }
}
