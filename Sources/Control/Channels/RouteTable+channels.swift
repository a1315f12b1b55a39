import StreamServer
import Wire

extension RouteTable {
  /// Messages between programs (API section 6).
  static let channels: [Route<ControlPlane>] = [
    Route(
      .post, "channels/{name}/publish", tier: .supporting,
      "Publish on a channel; whoever follows the topic channel:NAME of the feed gets it.",
      parameters: [channelName], body: .json(schema: "ChannelPublish", required: true),
      answers: [.init(200, "It is stored.", schema: "ChannelPublished")],
      errors: [.limitReached, .storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.publishOnChannel(call) },
    Route(
      .get, "channels", tier: .supporting, "The channels and how far their consumers have come.",
      parameters: [
        Parameter("project", .text(maximum: 128), "Channels whose name reads channel:PROJECT:TOPIC with it."),
        Parameter("topic", .text(maximum: 128), "Channels whose name reads channel:PROJECT:TOPIC with it."),
      ],
      answers: Operation.Answer.list("Channel", bareAt: ControlPlane.bareChannels, "The channels."),
      errors: [.storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.listChannels(call) },
    Route(
      .get, "channels/{name}/messages", tier: .supporting, "The messages of a channel, oldest first.",
      parameters: [
        channelName,
        Parameter("after", .number(0...Int.max), "Messages after this one."),
        Parameter("consumer", .name, "Messages after the position of this consumer."),
        Parameter("limit", .number(1...1000), default: "100", "Most messages."),
      ],
      answers: Operation.Answer.list("ChannelMessage", bareAt: ControlPlane.bareChannels, "The messages."),
      errors: [.channelNotFound, .storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.listChannelMessages(call) },
    Route(
      .post, "channels/{name}/ack", tier: .supporting,
      "Remember how far a consumer has come; it never goes back.",
      parameters: [channelName], body: .json(schema: "ChannelPosition", required: true),
      answers: [.init(200, "Where it stands.", schema: "ChannelPositionKept")],
      errors: [.channelNotFound, .limitReached, .storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.acknowledgeChannel(call) },
  ]

  private static let channelName = Parameter("name", .name, in: .path, "The channel's name.")
}

extension Schemas {
  /// What the routes of channels take and answer.
  static let channels: [(name: String, json: JSONSlice)] = [
    object("ChannelPublish", ["payload": any]),
    object("ChannelPublished", ["channel": text, "message_id": text]),
    object(
      "Channel",
      [
        "name": text, "key": text, "project": maybeText, "topic": maybeText, "length": whole,
        "last_message_id": maybeText, "last_message_at": maybeText,
        "consumers": list(
          "{\"type\":\"object\",\"required\":[\"consumer\",\"message_id\"],\"properties\":{\"consumer\":\(text),"
            + "\"message_id\":\(text)}}"),
      ]),
    object("ChannelList", ["channels": list(reference("Channel"))]),
    ("ChannelArray", json(list(reference("Channel")))),
    object("ChannelMessage", ["message_id": text, "payload": any, "created_at": time]),
    object("ChannelMessageList", ["messages": list(reference("ChannelMessage"))]),
    ("ChannelMessageArray", json(list(reference("ChannelMessage")))),
    object(
      "ChannelPosition",
      ["consumer": name, "message_id": "{\"type\":\"string\",\"pattern\":\"^(0|[1-9][0-9]{0,17})$\"}"]),
    object("ChannelPositionKept", ["channel": text, "consumer": text, "message_id": text]),
  ]

  static let name = "{\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9_.:-]{1,128}$\"}"
}
