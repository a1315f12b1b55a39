/// What went wrong, by class: each has one status code (API section 8).
public enum ProblemKind: String, Sendable, CaseIterable {
  case validation
  case unauthorized
  case forbidden
  case notFound = "not_found"
  case method
  case conflict
  case precondition
  case payload
  case media
  case misdirected
  case unprocessable
  case upgrade
  case rateLimit = "rate_limit"
  case `internal`
  case notImplemented = "not_implemented"
  case badGateway = "bad_gateway"
  case unavailable
  case timeout

  /// The status code.
  public var status: Int {
    switch self {
    case .validation: 400
    case .unauthorized: 401
    case .forbidden: 403
    case .notFound: 404
    case .method: 405
    case .conflict: 409
    case .precondition: 412
    case .payload: 413
    case .media: 415
    case .misdirected: 421
    case .unprocessable: 422
    case .upgrade: 426
    case .rateLimit: 429
    case .internal: 500
    case .notImplemented: 501
    case .badGateway: 502
    case .unavailable: 503
    case .timeout: 504
    }
  }

  /// Whether the same request may succeed later.
  public var isRetryable: Bool {
    switch self {
    case .rateLimit, .internal, .badGateway, .unavailable, .timeout: true
    default: false
    }
  }
}

/// The codes that clients may act on; a code is never used for another thing again.
public enum ProblemCode: String, Sendable, CaseIterable {
  /// A parameter, a field or the body is not of its form; `details.field` names it.
  case validationError = "VALIDATION_ERROR"
  /// Bytes that are no HTTP/1.1 request.
  case malformedRequest = "MALFORMED_REQUEST"
  /// The request took longer to arrive than `http.head_timeout`.
  case requestTimeout = "REQUEST_TIMEOUT"
  /// The head is over `http.head_bytes`.
  case headTooLarge = "HEAD_TOO_LARGE"
  /// A cursor that is not `<epoch>-<offset>` with an optional part.
  case invalidCursor = "INVALID_CURSOR"
  /// Nobody said who is asking.
  case unauthorized = "UNAUTHORIZED"
  /// A key, cookie or ticket that is not, or no longer, valid.
  case invalidAPIKey = "INVALID_API_KEY"
  /// The page that asks was not served from here.
  case originNotAllowed = "ORIGIN_NOT_ALLOWED"
  /// Headers that only a trusted proxy may send.
  case identityNotTrusted = "IDENTITY_NOT_TRUSTED"
  /// The caller may not do this.
  case forbidden = "FORBIDDEN"
  /// No route has this path.
  case routeNotFound = "ROUTE_NOT_FOUND"
  /// No session has this id.
  case sessionNotFound = "SESSION_NOT_FOUND"
  /// No operation has this id, or it was long ago.
  case operationNotFound = "OPERATION_NOT_FOUND"
  /// The session is closed.
  case sessionClosed = "SESSION_CLOSED"
  /// The session's agent is being started or ended.
  case sessionBusy = "SESSION_BUSY"
  /// The session was found, not started here.
  case sessionNotManaged = "SESSION_NOT_MANAGED"
  /// The session cannot be brought back; the message says why.
  case sessionNotRestorable = "SESSION_NOT_RESTORABLE"
  /// The session's agent does not run.
  case agentExited = "AGENT_EXITED"
  /// The session has no agent.
  case noAgent = "NO_AGENT"
  /// The agent's own id of the session is not known.
  case noNativeSession = "NO_NATIVE_SESSION"
  /// The agent's session belongs to a session that is steered here.
  case nativeSessionOwned = "NATIVE_SESSION_OWNED"
  /// A session was to be bound to a transcript that it has gone on from.
  case transcriptSuperseded = "TRANSCRIPT_SUPERSEDED"
  /// The directory that the session ran in is gone.
  case directoryGone = "DIRECTORY_GONE"
  /// The agent cannot fork the session there.
  case forkUnsupported = "FORK_UNSUPPORTED"
  /// tmux is missing, hangs, or belongs to another server.
  case terminalsUnavailable = "TERMINALS_UNAVAILABLE"
  /// No record ends at this position, or it has no such block.
  case recordNotFound = "RECORD_NOT_FOUND"
  /// No contract of webhooks has this id.
  case hookNotFound = "HOOK_NOT_FOUND"
  /// There is a contract of this id already.
  case hookExists = "HOOK_EXISTS"
  /// A contract that cannot be kept; `details.field` names what is wrong.
  case hookUnprocessable = "HOOK_UNPROCESSABLE"
  /// No delivery of a webhook has this id.
  case deliveryNotFound = "DELIVERY_NOT_FOUND"
  /// The delivery cannot be tried again now.
  case deliveryPending = "DELIVERY_PENDING"
  /// No memory has this id.
  case memoryNotFound = "MEMORY_NOT_FOUND"
  /// No channel has this name.
  case channelNotFound = "CHANNEL_NOT_FOUND"
  /// No project has this id.
  case projectNotFound = "PROJECT_NOT_FOUND"
  /// No access key has this id.
  case keyNotFound = "KEY_NOT_FOUND"
  /// Nothing of this kind has this id.
  case entityNotFound = "ENTITY_NOT_FOUND"
  /// No agent has this name.
  case agentNotFound = "AGENT_NOT_FOUND"
  /// Nothing is shared under this token, or not any more.
  case shareNotFound = "SHARE_NOT_FOUND"
  /// There is no such directory.
  case directoryNotFound = "DIRECTORY_NOT_FOUND"
  /// The page has no file of this name.
  case fileNotFound = "FILE_NOT_FOUND"
  /// Another project has this directory; `details.id` names it.
  case pathAlreadyRegistered = "PATH_ALREADY_REGISTERED"
  /// Another thing of this kind has this name; `details.id` names it.
  case nameTaken = "NAME_TAKEN"
  /// There are as many of these as the setting in the message allows.
  case limitReached = "LIMIT_REACHED"
  /// The key of the key file cannot be revoked.
  case keyIsFile = "KEY_IS_FILE"
  /// `If-Match` names another version; `details` holds the current one.
  case versionMismatch = "VERSION_MISMATCH"
  /// The path is outside of what the settings allow.
  case pathNotAllowed = "PATH_NOT_ALLOWED"
  /// The file of the setting `people` cannot be read.
  case peopleUnreadable = "PEOPLE_UNREADABLE"
  /// The path is known, not with this method.
  case methodNotAllowed = "METHOD_NOT_ALLOWED"
  /// The body is over the route's limit.
  case payloadTooLarge = "PAYLOAD_TOO_LARGE"
  /// The body is of a type that the route does not read.
  case unsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE"
  /// The request names a host that is not this server's.
  case hostNotAllowed = "HOST_NOT_ALLOWED"
  /// The route speaks WebSocket only.
  case upgradeRequired = "UPGRADE_REQUIRED"
  /// Too many requests, or too many wrong keys.
  case rateLimitExceeded = "RATE_LIMIT_EXCEEDED"
  /// A fault of the server; the log has the reason under the request's id.
  case internalError = "INTERNAL_ERROR"
  /// The route is known and not served; `details.reason` says why.
  case notImplemented = "NOT_IMPLEMENTED"
  /// No message of this id was sent to the session lately.
  case messageNotFound = "MESSAGE_NOT_FOUND"
  /// As many messages of the session wait as may.
  case queueFull = "QUEUE_FULL"
  /// The session's agent asks nothing.
  case nothingToAnswer = "NOTHING_TO_ANSWER"
  /// The agent did not take what was typed.
  case notTaken = "NOT_TAKEN"
  /// A file that is to be given to an agent cannot be.
  case fileUnusable = "FILE_UNUSABLE"
  /// The program of `voice.command` has failed.
  case transcriptionFailed = "TRANSCRIPTION_FAILED"
  /// Nothing is said in the recording.
  case nothingHeard = "NOTHING_HEARD"
  /// An MCP server does not run, does not answer, or answers what it must not; `details.reason` says what.
  case mcpFailed = "MCP_FAILED"
  /// An MCP server stands where nothing may be called; the message names the setting.
  case mcpRefused = "MCP_REFUSED"
  /// The server is starting or draining.
  case unavailable = "UNAVAILABLE"
  /// The database cannot answer.
  case storeUnavailable = "STORE_UNAVAILABLE"
  /// The session's transcript cannot be read; `details.reason` says why.
  case transcriptUnreadable = "TRANSCRIPT_UNREADABLE"
  /// The request took longer than `http.request_timeout`.
  case timeout = "TIMEOUT"

  /// The class.
  public var kind: ProblemKind {
    switch self {
    case .validationError, .invalidCursor, .malformedRequest: .validation
    case .unauthorized, .invalidAPIKey: .unauthorized
    case .originNotAllowed, .identityNotTrusted, .forbidden, .pathNotAllowed: .forbidden
    case .routeNotFound, .sessionNotFound, .recordNotFound, .hookNotFound, .deliveryNotFound: .notFound
    case .memoryNotFound, .channelNotFound, .projectNotFound, .keyNotFound, .entityNotFound: .notFound
    case .agentNotFound, .shareNotFound, .directoryNotFound, .fileNotFound: .notFound
    case .hookExists, .deliveryPending: .conflict
    case .pathAlreadyRegistered, .nameTaken, .limitReached, .keyIsFile: .conflict
    case .versionMismatch: .precondition
    case .operationNotFound, .messageNotFound: .notFound
    case .sessionClosed, .sessionBusy, .sessionNotManaged, .sessionNotRestorable, .agentExited, .noAgent,
      .noNativeSession, .nativeSessionOwned, .transcriptSuperseded, .nothingToAnswer, .notTaken:
      .conflict
    case .hookUnprocessable, .directoryGone, .forkUnsupported, .fileUnusable, .nothingHeard, .mcpRefused:
      .unprocessable
    case .transcriptionFailed, .mcpFailed: .badGateway
    case .methodNotAllowed: .method
    case .payloadTooLarge, .headTooLarge: .payload
    case .unsupportedMediaType: .media
    case .hostNotAllowed: .misdirected
    case .upgradeRequired: .upgrade
    case .rateLimitExceeded, .queueFull: .rateLimit
    case .internalError: .internal
    case .notImplemented: .notImplemented
    case .unavailable, .storeUnavailable, .transcriptUnreadable, .peopleUnreadable: .unavailable
    case .terminalsUnavailable: .unavailable
    case .timeout, .requestTimeout: .timeout
    }
  }
}
