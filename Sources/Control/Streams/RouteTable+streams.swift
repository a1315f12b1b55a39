import StreamServer
import Wire

extension RouteTable {
  /// Streams and sockets (STREAMS).
  static let streams: [Route<ControlPlane>] = [
    Route(
      .get, "sessions/{id}/stream", rate: .streaming, "A session's transcript, from a position on and live.",
      parameters: [sessionID, lastEventID(.cursor)] + startParameters + viewParameters,
      answers: [streamAnswer], errors: [.sessionNotFound, .invalidCursor], delivery: .stream
    ) { plane, call throws(Problem) in try await plane.streamSession(call, id: call.id) },
    Route(
      .get, "stream", mounts: [.v1], rate: .streaming,
      "Several sessions on one stream; ids are session:cursor pairs joined by commas.",
      parameters: [
        Parameter("session", .id, required: true, repeated: true, "A session; may stand several times."),
        lastEventID(.cursorSet),
        Parameter("after", .cursorSet, "Begin after these positions: session:cursor pairs joined by commas."),
      ] + sinceParameters + [
        Parameter("view", .choice(["events", "raw"]), default: "events", "The form."), includeParameter,
      ],
      answers: [streamAnswer], errors: [.sessionNotFound, .invalidCursor], delivery: .stream
    ) { plane, call throws(Problem) in try await plane.streamSeveral(call) },
    Route(
      .post, "chat/stream", aliases: ["chat"], mounts: [.api], rate: .streaming,
      "A session as an AI SDK UI message stream; with a new user message it is sent to the agent first.",
      parameters: [lastEventID(.cursor), untilParameter, includeParameter, compatParameter],
      body: .json(schema: "ChatRequest", required: true), answers: [uiAnswer],
      errors: [.sessionNotFound, .invalidCursor], delivery: .stream
    ) { plane, call throws(Problem) in try await plane.chat(call) },
    Route(
      .get, "chat/stream", mounts: [.api], rate: .streaming,
      "A session as an AI SDK UI message stream, for clients that cannot POST.",
      parameters: [
        Parameter("session_id", .id, required: true, "The session."), lastEventID(.cursor), untilParameter,
        includeParameter, compatParameter,
      ] + startParameters,
      answers: [uiAnswer], errors: [.sessionNotFound, .invalidCursor], delivery: .stream
    ) { plane, call throws(Problem) in
      try await plane.streamSession(call, id: call.text("session_id") ?? "", as: .ui)
    },
    Route(
      .get, "events", mounts: [.root, .v1], rate: .streaming, "The change feed.",
      parameters: [
        lastEventID(.feedCursor), Parameter("after", .feedCursor, "Changes after this position."),
        Parameter("topics", .text(maximum: 16_384), "Only these topics, joined by commas."),
        Parameter("session_id", .id, "Only changes of this session."),
      ], answers: [streamAnswer], errors: [.invalidCursor, .forbidden, .sessionNotFound], delivery: .stream
    ) { plane, call throws(Problem) in try await plane.streamFeed(call) },
    Route(
      .get, "ws", mounts: [.root, .v1], rate: .streaming, "WebSocket: topics, events, commands.",
      parameters: [ticketParameter], answers: [.init(101, "The connection is a WebSocket.", nil)],
      errors: [.upgradeRequired], delivery: .socket, access: .owners
    ) { _, call throws(Problem) in try ControlPlane.openSocket(call) },
    Route(
      .get, "execute", mounts: [.api], rate: .streaming, "Another name of /ws.",
      parameters: [ticketParameter],
      answers: [.init(101, "The connection is a WebSocket.", nil)], errors: [.upgradeRequired],
      delivery: .socket, access: .owners
    ) { _, call throws(Problem) in try ControlPlane.openSocket(call) },
    Route(
      .get, "mux", mounts: [.root, .v1], rate: .streaming,
      "WebSocket: terminals of sessions that were started here.",
      parameters: [ticketParameter],
      answers: [.init(101, "The connection is a WebSocket.", nil)], errors: [.upgradeRequired],
      delivery: .socket
    ) { _, call throws(Problem) in try ControlPlane.openMux(call) },
    Route(
      .post, "streaming", mounts: [.api], rate: .streaming,
      "Send text to a session, or to a new one when none is named, and stream from before it to the end of the turn.",
      parameters: converseParameters, body: .json(schema: "StreamingRequest", required: true),
      answers: [streamAnswer], errors: [.sessionNotFound, .projectNotFound], delivery: .stream
    ) { plane, call throws(Problem) in try await plane.streamConversation(call) },
    Route(
      .post, "sessions/{id}/resume", rate: .streaming,
      "Send text and stream from before it to the end of the turn; an agent that does not run is started again.",
      parameters: [sessionID] + converseParameters,
      body: .json(schema: "StreamingRequest", required: true), answers: [streamAnswer],
      errors: [.sessionNotFound], delivery: .stream
    ) { plane, call throws(Problem) in try await plane.resumeSession(call) },
  ]

  private static let streamAnswer = Operation.Answer(200, "Server-sent events.", "text/event-stream")
  private static let uiAnswer = Operation.Answer(200, "An AI SDK UI message stream.", "text/event-stream")

  private static func lastEventID(_ form: Parameter.Form) -> Parameter {
    Parameter(
      "last-event-id", form, in: .header, "The id of the last event received; beats every other start.")
  }

  private static let sinceParameters: [Parameter] = [
    Parameter(
      "since_timestamp", .time, "Begin at the first record at which the newest time so far reaches this one."),
    Parameter(
      "since_mode", .choice(["at", "after"]), default: "at", "Whether the newest time reaches or exceeds it."),
    Parameter("tail", .number(0...100_000), "Begin with the last N records."),
  ]

  private static let startParameters: [Parameter] =
    [Parameter("after", .cursor, "Begin after this position.")] + sinceParameters

  private static let includeParameter = Parameter(
    "include", .choices(["text", "thinking", "tools", "activity", "meta", "hidden"]),
    default: "text,thinking,tools",
    "What is shown.")

  private static let untilParameter = Parameter("until", .choice(["turn"]), "The stream ends with the turn.")

  private static let compatParameter = Parameter(
    "compat", .choice(["seed"]),
    "TeleClaude's shapes, which strict clients refuse: the whole history first, isError beside a tool's output, the "
      + "status at the top level, and the stream goes on after the turn.")

  private static let viewParameters: [Parameter] = [
    Parameter("view", .choice(ViewKind.allCases.map(\.rawValue)), default: "events", "The form."),
    includeParameter, untilParameter,
  ]

  private static let converseParameters: [Parameter] = [
    Parameter("view", .choice(ViewKind.allCases.map(\.rawValue)), default: "agent", "The form."),
    includeParameter,
  ]

  private static let ticketParameter = Parameter(
    "ticket", .text(maximum: 256), "A one-time ticket of POST ws-ticket, for browsers without a cookie.")
}
