import StreamServer
import Wire

extension RouteTable {
  /// Search.
  static let search: [Route<ControlPlane>] = [
    Route(
      .get, "search", "Sessions in whose title or messages all words stand, best first.",
      parameters: [
        Parameter(
          "q", .text(maximum: 1024), required: true, "The words; the last letters of each may be missing."),
        Parameter("categories", .choices(["sessions"]), default: "sessions", "What to search."),
        Parameter("limit", .number(1...100), default: "50", "Most results."),
      ],
      answers: [.init(200, "The results.", schema: "SearchAnswer")], errors: [.storeUnavailable]
    ) { plane, call throws(Problem) in try await plane.search(call) }
  ]
}
