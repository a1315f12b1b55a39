import StreamServer
import Wire

extension RouteTable {
  /// Talking to agents: messages, keys, answers, and what their hooks say (API section 2).
  static let sending: [Route<ControlPlane>] = messages + steering + answering + places

  private static let messages: [Route<ControlPlane>] = [
    Route(
      .post, "sessions/{id}/messages",
      aliases: ["sessions/{id}/message", "sessions/{id}/msg", "sessions/{id}/send"], rate: .sessions,
      "Send text to the agent. The answer does not wait for it to be typed; the same client_message_id answers with "
        + "the same message.",
      parameters: [sessionID], body: .json(schema: "MessageRequest", required: true),
      answers: [.init(202, "The message is stored, and will be typed once.", schema: "MessageAccepted")],
      errors: [.sessionNotFound, .sessionClosed, .noAgent, .queueFull, .storeUnavailable, .unavailable]
    ) { plane, call throws(Problem) in try await plane.sendMessage(call) },
    Route(
      .get, "sessions/{id}/messages/{message_id}", rate: .sessions, "How a message that was sent stands.",
      parameters: [
        sessionID, Parameter("message_id", .id, in: .path, "The message's id, as its sender was told."),
      ],
      answers: [.init(200, "The message.", schema: "SentMessage")],
      errors: [.sessionNotFound, .messageNotFound, .storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.showSentMessage(call) },
    Route(
      .post, "sessions/{id}/file", aliases: ["sessions/{id}/files", "sessions/{id}/attachments"],
      rate: .sessions, tier: .supporting,
      "Give the agent files: uploaded, or by the path of one that it may read. They are named in a message.",
      parameters: [sessionID], body: .upload(schema: "FileRequest"),
      answers: [.init(201, "The files are kept, and the message is on its way.", schema: "FilesAccepted")],
      errors: [
        .sessionNotFound, .sessionClosed, .noAgent, .fileUnusable, .payloadTooLarge, .queueFull,
        .storeUnavailable, .unavailable,
      ]
    ) { plane, call throws(Problem) in try await plane.giveFiles(call) },
    Route(
      .post, "sessions/{id}/voice", rate: .sessions, tier: .supporting,
      "Tell the agent what is said in a recording: uploaded, or by the path of one that it may read. The program of "
        + "the setting voice.command hears it; without the setting 501.",
      parameters: [sessionID], body: .upload(schema: "FileRequest"),
      answers: [.init(201, "The message is on its way.", schema: "VoiceAccepted")],
      errors: [
        .sessionNotFound, .sessionClosed, .noAgent, .notImplemented, .fileUnusable, .payloadTooLarge,
        .transcriptionFailed, .nothingHeard, .timeout, .queueFull, .storeUnavailable, .unavailable,
      ]
    ) { plane, call throws(Problem) in try await plane.giveRecording(call) },
  ]

  private static let running: [ProblemCode] = [
    .sessionNotFound, .sessionNotManaged, .sessionClosed, .sessionBusy, .agentExited, .terminalsUnavailable,
  ]

  private static let steering: [Route<ControlPlane>] = [
    Route(
      .post, "sessions/{id}/keys", rate: .sessions, "Press a key in the agent's terminal.",
      parameters: [sessionID], body: .json(schema: "KeysRequest", required: true),
      answers: [.init(200, "It was pressed.", schema: "KeysPressed")], errors: running
    ) { plane, call throws(Problem) in try await plane.pressKeys(call) },
    Route(
      .post, "sessions/{id}/interrupt", rate: .sessions, "Stop the agent's turn.",
      parameters: [sessionID], answers: [.init(200, "Escape was pressed.", schema: "SessionOutcome")],
      errors: running
    ) { plane, call throws(Problem) in try await plane.interruptSession(call) },
    Route(
      .post, "sessions/{id}/activity", rate: .sessions, "What an agent's hook reports.",
      parameters: [sessionID], body: .json(schema: "ActivityReport", required: true),
      answers: [.init(200, "It was told on.", schema: "ActivityTaken")],
      errors: [.sessionNotFound, .nativeSessionOwned, .transcriptSuperseded, .storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.reportActivity(call) },
  ]

  private static let answering: [Route<ControlPlane>] =
    [
      Route(
        .get, "sessions/{id}/pending", rate: .sessions, tier: .supporting,
        "The question or permission prompt that the agent's screen shows.",
        parameters: [sessionID], answers: [.init(200, "The question, or null.", schema: "Pending")],
        errors: running
      ) { plane, call throws(Problem) in try await plane.showPending(call) },
      answer("sessions/{id}/answer"),
    ] + ["inputs", "approvals"].map { answer("sessions/{id}/\($0)/{rid}/resolve", named: true) }

  private static func answer(_ pattern: String, named: Bool = false) -> Route<ControlPlane> {
    let request = Parameter("rid", .id, in: .path, "The question's id, or current.")
    return Route(
      .post, pattern, rate: .sessions, tier: .supporting, "Answer the question that the agent asks.",
      parameters: [sessionID] + (named ? [request] : []), body: .json(schema: "Answer", required: true),
      answers: [.init(200, "It was answered.", schema: "SessionOutcome")],
      errors: running + [.nothingToAnswer, .notTaken]
    ) { plane, call throws(Problem) in try await plane.answerQuestion(call) }
  }

  private static let places: [Route<ControlPlane>] = [
    Route(
      .get, "sessions/{id}/checkpoints", rate: .sessions, tier: .supporting,
      "The places where a user spoke, newest 500.",
      parameters: [sessionID], answers: [.init(200, "The checkpoints.", schema: "Checkpoints")],
      errors: [.sessionNotFound, .transcriptUnreadable]
    ) { plane, call throws(Problem) in try await plane.listCheckpoints(call) },
    Route(
      .post, "sessions/{id}/checkpoints", rate: .sessions, tier: .supporting,
      "The newest checkpoint. Nothing is made: every message of a user is one.",
      parameters: [sessionID], answers: [.init(200, "The newest one, or null.", schema: "NewestCheckpoint")],
      errors: [.sessionNotFound, .transcriptUnreadable]
    ) { plane, call throws(Problem) in try await plane.newestCheckpoint(call) },
    Route(
      .post, "sessions/{id}/rewind", rate: .sessions, tier: .supporting,
      "Have the agent (Claude Code) go on before a message of its user, or after one of its own, in the same session. "
        + "Files are not restored.",
      parameters: [sessionID], body: .json(schema: "RewindRequest", required: true),
      answers: [.init(202, "The operation that does it.", schema: "Rewind")],
      errors: [
        .sessionNotFound, .recordNotFound, .transcriptUnreadable, .payloadTooLarge, .sessionNotManaged,
        .sessionBusy, .sessionClosed, .sessionNotRestorable, .noAgent, .noNativeSession, .nativeSessionOwned,
        .forkUnsupported, .directoryGone, .storeUnavailable, .unavailable,
      ]
    ) { plane, call throws(Problem) in try await plane.rewindSession(call) },
  ]
}
