import Store
import StreamServer
import Wire

extension ControlPlane {
  /// Mounts where lists of channels are bare arrays.
  static let bareChannels: [Mount] = [.root, .api]

  /// `POST channels/{name}/publish`
  func publishOnChannel(_ call: Call) async throws(Problem) -> Reply {
    let name = call.text("name") ?? ""
    let body = try call.body()
    guard let payload = try body.object("payload")?.json.detached() else {
      throw body.invalid("payload", "is missing")
    }
    let (nowMS, limits) = (clockMS(), rules.channels)
    let result: Result<Int64, Problem> = try await commit { (database) throws(StoreError) in
      let known = try database.first("SELECT 1 FROM channels WHERE name = ?", name) { _ in true } ?? false
      if !known {
        let count = try database.first("SELECT count(*) FROM channels") { $0.int(0) } ?? 0
        guard count < limits.max else { return (.failure(.tooManyChannels(limits.max)), []) }
      }
      try database.run(
        """
        INSERT INTO channels(name, created_ms, used_ms) VALUES (?1, ?2, ?2)
        ON CONFLICT(name) DO UPDATE SET used_ms = excluded.used_ms
        """, name, nowMS)
      try database.run(
        "INSERT INTO channel_messages(channel, payload, created_ms) VALUES (?, ?, ?)", name,
        payload.description,
        nowMS)
      let id = database.lastInsertRowID
      try database.run(
        """
        DELETE FROM channel_messages WHERE channel = ?1 AND id <= (
          SELECT id FROM channel_messages WHERE channel = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)
        """, name, limits.keep)
      let change = Change(nowMS: nowMS, "channel:" + name, "channel.message") { json in
        json.field("channel", name)
        json.field("message_id", String(id))
        json.field("payload", payload)
      }
      return (.success(id), [change])
    }
    let id = try result.get()
    return .response(
      .object { json in
        json.field("channel", name)
        json.field("message_id", String(id))
      })
  }

  /// `GET channels`
  func listChannels(_ call: Call) async throws(Problem) -> Reply {
    let (project, topic) = (call.text("project"), call.text("topic"))
    let channels = try await read { (reader) throws(StoreError) in
      try reader.channels(project: project, topic: topic)
    }
    return call.list("channels", bareAt: Self.bareChannels) { writer in
      for channel in channels { channel.write(into: &writer) }
    }
  }

  /// `GET channels/{name}/messages`
  func listChannelMessages(_ call: Call) async throws(Problem) -> Reply {
    let name = call.text("name") ?? ""
    let (after, consumer) = (call.number("after").map(Int64.init), call.text("consumer"))
    let limit = call.number("limit") ?? 100
    let found = try await read { (reader) throws(StoreError) in
      try reader.channelMessages(name, after: after, consumer: consumer, limit: limit)
    }
    guard let found else { throw .unknownChannel(name) }
    return call.list("messages", bareAt: Self.bareChannels) { writer in
      for message in found { message.write(into: &writer) }
    }
  }

  /// `POST channels/{name}/ack`
  func acknowledgeChannel(_ call: Call) async throws(Problem) -> Reply {
    let name = call.text("name") ?? ""
    let body = try call.body()
    let consumer = try body.text("consumer", maximum: 128)
    guard let consumer, Parameter.isID(consumer, also: ".:") else {
      throw body.invalid("consumer", "must match [A-Za-z0-9_.:-]{1,128}")
    }
    let sent = try body.requiredText("message_id", maximum: 20)
    guard let asked = Int64(sent), asked >= 0, String(asked) == sent else {
      throw body.invalid("message_id", "is not the id of a message")
    }
    let nowMS = clockMS()
    let result: Result<Int64, Problem> = try await commit { (database) throws(StoreError) in
      let exists = try database.first("SELECT 1 FROM channels WHERE name = ?", name) { _ in true }
      guard exists != nil else { return (.failure(.unknownChannel(name)), []) }
      let newest =
        try database.first("SELECT seq FROM sqlite_sequence WHERE name = 'channel_messages'") { $0.int64(0) }
        ?? 0
      // A position in the future would skip what is still to come.
      let position = min(asked, newest)
      let count =
        try database.first("SELECT count(*) FROM channel_consumers WHERE channel = ?", name) { $0.int(0) }
        ?? 0
      let before = try database.first(
        "SELECT position FROM channel_consumers WHERE channel = ? AND consumer = ?", name, consumer
      ) { $0.int64(0) }
      // Answers may overtake each other: a position never goes back.
      if let before, before >= position { return (.success(before), []) }
      guard before != nil || count < 1000 else {
        return (.failure(Problem(.limitReached, "a channel keeps the positions of 1000 consumers")), [])
      }
      try database.run(
        """
        INSERT INTO channel_consumers(channel, consumer, position) VALUES (?, ?, ?)
        ON CONFLICT(channel, consumer) DO UPDATE SET position = excluded.position
        """, name, consumer, position)
      let change = Change(nowMS: nowMS, "channel:" + name, "channel.acknowledged") { json in
        json.field("channel", name)
        json.field("consumer", consumer)
        json.field("message_id", String(position))
      }
      return (.success(position), [change])
    }
    let stored = try result.get()
    return .response(
      .object { json in
        json.field("channel", name)
        json.field("consumer", consumer)
        json.field("message_id", String(stored))
      })
  }
}

extension Problem {
  /// No channel has this name.
  static func unknownChannel(_ name: String) -> Problem {
    Problem(.channelNotFound, "nothing was published on \(quoted(name)) yet") { $0.field("channel", name) }
  }

  /// No room for another channel.
  static func tooManyChannels(_ limit: Int) -> Problem {
    Problem(.limitReached, "there are \(limit) channels, as many as the setting channels.max allows")
  }
}
