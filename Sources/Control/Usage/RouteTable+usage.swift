import StreamServer

extension RouteTable {
  /// Tokens by model, counted in the background of what agents write about their model calls.
  static let usage: [Route<ControlPlane>] = [
    Route(
      .get, "sessions/{id}/usage", rate: .sessions, tier: .supporting,
      "A session's tokens by model; `complete` is false until all of its transcript is counted. Sub-agents have sessions of their own.",
      parameters: [sessionID],
      answers: [
        .init(200, "The tokens; no usage when the agent says nothing of it.", schema: "SessionUsage")
      ],
      errors: [.sessionNotFound]
    ) { plane, call throws(Problem) in try await plane.showUsage(call) },
    Route(
      .get, "usage/sessions", rate: .sessions, tier: .supporting,
      "Tokens by session, and of all sessions that the parameters choose together.",
      parameters: sessionListParameters,
      answers: [
        .init(200, "One page, with the sums of all pages.", schema: "UsagePage"),
        .init(304, "The page is the one that If-None-Match names.", nil),
      ], errors: [.storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.listUsage(call) },
  ]
}
