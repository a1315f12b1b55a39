import StreamServer
import Wire

extension RouteTable {
  /// The reading routes of sessions.
  static let sessions: [Route<ControlPlane>] = [
    Route(
      .get, "sessions", rate: .sessions,
      "List sessions: those that were started here and every transcript found under the watched roots.",
      parameters: sessionListParameters,
      answers: [
        .init(
          200, "One page of the list; without a prefix a bare array of TeleClaude's objects.",
          schema: "SessionPage"),
        .init(304, "The list is the one that If-None-Match names.", nil),
      ], errors: [.storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.listSessions(call) },
    Route(
      .get, "sessions/{id}", rate: .sessions, "One session.",
      parameters: [
        sessionID,
        Parameter(
          "include", .choices(["messages", "checkpoints", "usage"]),
          "What to add; /api adds messages and checkpoints by itself. Usage stands in the session once it is known."
        ),
      ],
      answers: [.init(200, "The session.", schema: "SessionAnswer")],
      errors: [.sessionNotFound, .transcriptUnreadable]
    ) { plane, call throws(Problem) in try await plane.showSession(call) },
    Route(
      .get, "sessions/{id}/messages", aliases: ["sessions/{id}/conversation"], rate: .sessions,
      "A page of a session's messages, in file order. Pages go by cursor; the whole transcript is never parsed.",
      parameters: [
        sessionID,
        Parameter("since", .time, "From the first message that is later than this on."),
        Parameter("after", .cursor, "Messages after this position, oldest first."),
        Parameter("before", .cursor, "The newest messages before the one with this id."),
        Parameter("limit", .number(1...500), default: "200", "Most lines of the transcript that are shown."),
        Parameter("include_tools", .flag, default: "false", "Calls of tools and their results."),
        Parameter("include_thinking", .flag, default: "false", "The model's reasoning."),
        Parameter(
          "tail_chars", .number(0...1_000_000),
          "Characters of the screen of a session without a transcript; no other session uses it."),
        Parameter(
          "view", .choice(["messages", "events"]), default: "messages",
          "Messages, or the events that a stream with view=events sends: turns, damage and the like too."),
        Parameter(
          "include", .choices(["text", "thinking", "tools", "activity", "meta", "hidden"]),
          default: "text,thinking,tools",
          "What of the events is shown; messages have include_tools and …_thinking."),
      ],
      answers: [.init(200, "The page.", schema: "MessagePage")],
      errors: [.sessionNotFound, .invalidCursor, .transcriptUnreadable]
    ) { plane, call throws(Problem) in try await plane.listMessages(call) },
    Route(
      .get, "sessions/{id}/records/{cursor}", rate: .sessions,
      "The bytes of the record that ends at a position, or of one image in it.",
      parameters: [
        sessionID,
        Parameter("cursor", .cursor, in: .path, "The position after the record; a part is ignored."),
        Parameter("block", .number(0...100_000), "The image or document of this number, decoded."),
      ],
      answers: [
        .init(200, "The bytes: JSON, the image, or octets that are no record.", "application/octet-stream")
      ], errors: [.sessionNotFound, .recordNotFound, .invalidCursor, .payloadTooLarge, .transcriptUnreadable]
    ) { plane, call throws(Problem) in try await plane.showRecord(call) },
  ]

  /// What a list of sessions is chosen, sorted and cut into pages by.
  static let sessionListParameters: [Parameter] = [
    Parameter("project_id", .text(maximum: 4096), "Sessions of this project: its id or its directory."),
    Parameter("project", .text(maximum: 4096), "As project_id."),
    Parameter("mode", .text(maximum: 64), "Sessions in this mode."),
    Parameter("tags", .text(maximum: 2048), "Sessions with all of these tags, joined by commas."),
    Parameter(
      "status",
      .choices(["initializing", "active", "idle", "exited", "failed", "closing", "closed", "unreadable"]),
      "Sessions in one of these states."),
    Parameter("active", .flag, "Only sessions that are, or are not, in a turn."),
    Parameter("computer", .text(maximum: 256), "Sessions of this machine."),
    Parameter(
      "closed", .flag, "Only sessions that were closed or whose transcript is gone, or only the others."),
    Parameter("all", .flag, default: "false", "Closed sessions too; without it they are left out."),
    Parameter(
      "agent", .text(maximum: 1024), "Sessions of these agents, joined by commas."),
    Parameter("kind", .choice(["session", "subagent"]), "Only sessions, or only sub-agents of sessions."),
    Parameter(
      "search", .text(maximum: 1024), "Sessions in whose title or messages all of these words stand."),
    Parameter("page", .number(1...1_000_000), default: "1", "Which page."),
    Parameter("page_size", .number(1...100), default: "50", "Sessions of a page."),
    Parameter(
      "sort", .choice(SessionIndex.Order.allCases.map(\.rawValue)),
      default: SessionIndex.Order.updated.rawValue,
      "What to sort by."),
    Parameter("order", .choice(["asc", "desc"]), default: "desc", "The direction."),
  ]
}
