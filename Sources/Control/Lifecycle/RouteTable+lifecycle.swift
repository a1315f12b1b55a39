import StreamServer
import Wire

extension RouteTable {
  /// Starting, steering and ending sessions (API section 2).
  static let lifecycle: [Route<ControlPlane>] = beginning + ending + startingAgain + labelling

  private static let beginning: [Route<ControlPlane>] = [
    Route(
      .post, "sessions", aliases: ["spawn"], rate: .sessions,
      "Start an agent. The answer does not wait for it: events and the session itself tell what became of it.",
      body: .json(schema: "NewSession", required: true),
      answers: [.init(201, "The session, whose agent is being started.", schema: "SessionStarted")],
      errors: [
        .projectNotFound, .nativeSessionOwned, .sessionNotRestorable, .storeUnavailable,
        .unavailable,
      ]
    ) { plane, call throws(Problem) in try await plane.createSession(call) },
    Route(
      .post, "sessions/{id}/fork", rate: .sessions,
      "Start a session where another one stands, or (Claude Code) stood before a message of its user, or after one of "
        + "its agent.",
      parameters: [sessionID], body: .json(schema: "ForkRequest", required: false),
      answers: [.init(201, "The new session, whose agent is being started.", schema: "SessionStarted")],
      errors: [
        .sessionNotFound, .sessionBusy, .recordNotFound, .transcriptUnreadable, .payloadTooLarge,
        .forkUnsupported, .directoryGone, .nativeSessionOwned, .storeUnavailable, .unavailable,
      ]
    ) { plane, call throws(Problem) in try await plane.forkSession(call) },
  ]

  private static let ending: [Route<ControlPlane>] = [
    Route(
      .delete, "sessions/{id}", rate: .sessions,
      "End a session; its transcript stays. One that has ended stays so.",
      parameters: [
        sessionID,
        Parameter(
          "purge", .flag, default: "false",
          "Forget what is known here too; files of the session are discovered sessions again."),
      ],
      answers: [.init(204, "It has ended.", nil)], errors: endingErrors
    ) { plane, call throws(Problem) in try await plane.deleteSession(call) },
    Route(
      .post, "sessions/{id}/kill", rate: .sessions, "End a session; its transcript stays.",
      parameters: [sessionID], answers: [.init(204, "It has ended.", nil)], errors: endingErrors
    ) { plane, call throws(Problem) in try await plane.killSession(call) },
    Route(
      .post, "sessions/cleanup", rate: .sessions, tier: .supporting,
      "Forget closed and failed sessions of which nobody has heard for a while; transcripts stay.",
      body: .json(schema: "CleanupRequest", required: false),
      answers: [.init(200, "Which ones.", schema: "Cleanup")],
      errors: [.storeUnavailable, .terminalsUnavailable], access: .owners
    ) { plane, call throws(Problem) in try await plane.cleanUpSessions(call) },
  ]

  private static let endingErrors: [ProblemCode] = [
    .sessionNotFound, .sessionNotManaged, .terminalsUnavailable, .storeUnavailable,
  ]

  private static let startingAgain: [Route<ControlPlane>] = [
    Route(
      .post, "sessions/{id}/agent-restart", aliases: ["sessions/{id}/restart", "sessions/{id}/resume-agent"],
      rate: .sessions, "End the agent and start it again where it stood.",
      parameters: [sessionID], answers: [.init(202, "The operation that does it.", schema: "Operation")],
      errors: againErrors
    ) { plane, call throws(Problem) in try await plane.restartAgent(call) },
    Route(
      .post, "sessions/{id}/revive", aliases: ["sessions/{id}/restore"], rate: .sessions,
      "Start the agent of a session again whose agent does not run, also of one that was only discovered.",
      parameters: [sessionID], answers: [.init(202, "The operation that does it.", schema: "Operation")],
      errors: againErrors
    ) { plane, call throws(Problem) in try await plane.reviveSession(call) },
    Route(
      .post, "sessions/{id}/control", rate: .sessions, tier: .supporting,
      "Change the permission mode; the agent is started again with it, where it stood.",
      parameters: [sessionID], body: .json(schema: "ControlRequest", required: true),
      answers: [.init(202, "The operation that does it.", schema: "Operation")], errors: againErrors
    ) { plane, call throws(Problem) in try await plane.controlSession(call) },
    Route(
      .get, "operations/{id}", "What became of work that was asked for.",
      parameters: [Parameter("id", .id, in: .path, "The operation's id.")],
      answers: [.init(200, "The operation.", schema: "Operation")],
      errors: [.operationNotFound, .sessionNotFound, .storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.showOperation(call) },
  ]

  private static let againErrors: [ProblemCode] = [
    .sessionNotFound, .sessionNotManaged, .sessionClosed, .sessionBusy, .sessionNotRestorable, .noAgent,
    .noNativeSession, .nativeSessionOwned, .directoryGone, .storeUnavailable, .unavailable,
  ]

  private static let labelling: [Route<ControlPlane>] = [
    Route(
      .patch, "sessions/{id}", rate: .sessions,
      "Change what is said about a session; what is left out stays.",
      parameters: [sessionID], body: .json(schema: "SessionPatch", required: true),
      answers: [.init(200, "The session.", schema: "SessionAnswer")],
      errors: [.sessionNotFound, .storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.patchSession(call) },
    Route(
      .patch, "sessions/{id}/tags", rate: .sessions, "Replace a session's tags.",
      parameters: [sessionID], body: .json(schema: "TagsRequest", required: true),
      answers: [.init(200, "The session.", schema: "SessionAnswer")],
      errors: [.sessionNotFound, .storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.replaceTags(call) },
    Route(
      .post, "sessions/{id}/promote", rate: .sessions, "Give a session to a project.",
      parameters: [sessionID], body: .json(schema: "PromoteRequest", required: true),
      answers: [.init(200, "The session.", schema: "SessionAnswer")],
      errors: [.sessionNotFound, .projectNotFound, .storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.promoteSession(call) },
    Route(
      .get, "sessions/patches", rate: .sessions, tier: .supporting,
      "How the sessions stand, without all else: the newest thousand that are not closed.",
      parameters: [Parameter("since", .time, "Only sessions that changed since then.")],
      answers: [
        .init(200, "The states.", schema: "SessionPatches"), .init(304, "As If-None-Match names it.", nil),
      ]
    ) { plane, call throws(Problem) in try await plane.listPatches(call) },
  ]
}
