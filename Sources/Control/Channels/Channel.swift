import Store
import Wire

/// A named list of messages, bounded, that any number of consumers read at their own pace. A value: one row of a
/// list.
struct Channel: Sendable {
  var name: String
  var length: Int
  var lastMessageID: Int64?
  var lastMS: Int64?
  var consumers: [(name: String, position: Int64)]

  /// The parts of a name that reads `channel:PROJECT:TOPIC`; the topic may have colons of its own.
  static func parts(_ name: String) -> (project: String, topic: String)? {
    let parts = name.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "channel", !parts[1].isEmpty, !parts[2].isEmpty else { return nil }
    return (String(parts[1]), String(parts[2]))
  }

  /// The object of the API; `key` is TeleClaude's name of the name.
  func write(into writer: inout JSONWriter) {
    let parts = Self.parts(name)
    writer.object { writer in
      writer.field("name", name)
      writer.field("key", name)
      writer.fieldOrNull("project", parts?.project)
      writer.fieldOrNull("topic", parts?.topic)
      writer.field("length", length)
      writer.fieldOrNull("last_message_id", lastMessageID.map(String.init))
      writer.fieldOrNull("last_message_at", lastMS.map(Timestamp.text))
      writer.key("consumers")
      writer.array { writer in
        for (consumer, position) in consumers {
          writer.object { writer in
            writer.field("consumer", consumer)
            writer.field("message_id", String(position))
          }
        }
      }
    }
  }
}

/// One message of a channel. A value.
struct ChannelMessage: Sendable {
  var id: Int64
  /// A JSON object.
  var payload: JSONSlice
  /// Milliseconds since 1970.
  var createdMS: Int64

  func write(into writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("message_id", String(id))
      writer.field("payload", payload)
      writer.field("created_at", Timestamp.text(createdMS))
    }
  }
}

extension StoreReader {
  /// The channels by name; at most 1,000 consumers of each are shown.
  func channels(project: String?, topic: String?) throws(StoreError) -> [Channel] {
    var channels = try query(
      """
      SELECT c.name, count(m.id), max(m.id), max(m.created_ms) FROM channels c
      LEFT JOIN channel_messages m ON m.channel = c.name GROUP BY c.name ORDER BY c.name
      """
    ) {
      Channel(
        name: $0.text(0), length: $0.int(1), lastMessageID: $0.optionalInt64(2), lastMS: $0.optionalInt64(3),
        consumers: [])
    }.filter { channel in
      let parts = Channel.parts(channel.name)
      return (project == nil || parts?.project == project) && (topic == nil || parts?.topic == topic)
    }
    for index in channels.indices {
      channels[index].consumers = try query(
        "SELECT consumer, position FROM channel_consumers WHERE channel = ? ORDER BY consumer LIMIT 1000",
        [channels[index].name]
      ) { ($0.text(0), $0.int64(1)) }
    }
    return channels
  }

  /// The messages of a channel after a number, or after a consumer's position; nil when there is no such channel.
  func channelMessages(
    _ name: String, after: Int64?, consumer: String?, limit: Int
  ) throws(StoreError) -> [ChannelMessage]? {
    guard try !query("SELECT 1 FROM channels WHERE name = ?", [name], row: { _ in true }).isEmpty else {
      return nil
    }
    var start = after
    if start == nil, let consumer {
      start =
        try query(
          "SELECT position FROM channel_consumers WHERE channel = ? AND consumer = ?", [name, consumer]
        ) { $0.int64(0) }.first
    }
    return try query(
      "SELECT id, payload, created_ms FROM channel_messages WHERE channel = ? AND id > ? ORDER BY id LIMIT ?",
      [name, start ?? 0, limit]
    ) { ChannelMessage(id: $0.int64(0), payload: JSONSlice($0.text(1).bytes), createdMS: $0.int64(2)) }
  }
}
