import StreamServer
import Wire

extension RouteTable {
  /// What the server says about itself (API section 1).
  static let meta: [Route<ControlPlane>] = [
    Route(
      .get, "healthz", mounts: [.root, .v1], "Whether the loop turns; asks nothing and nobody.",
      answers: [.init(200, "It does.", schema: "Alive")], access: .anyone
    ) { plane, _ throws(Problem) in .response(await plane.healthz()) },
    Route(
      .get, "readyz", mounts: [.root, .v1], "Whether clients may be sent here.",
      answers: [
        .init(200, "They may.", schema: "Readiness"),
        .init(503, "The server is starting or stopping.", schema: "Readiness"),
      ], access: .anyone
    ) { plane, _ throws(Problem) in .response(await plane.readyz()) },
    Route(
      .get, "health", "How everything is.",
      answers: [
        .init(200, "Well, or with losses that are named.", schema: "Health"),
        .init(503, "Nothing works.", schema: "Health"),
      ]
    ) { plane, _ throws(Problem) in .response(await plane.health()) },
    Route(
      .get, "metrics", mounts: [.root, .v1], "Counters for Prometheus, text format 0.0.4.",
      answers: [.init(200, "The counters.", "text/plain; version=0.0.4")]
    ) { plane, _ throws(Problem) in .response(PrometheusText.response(await plane.metrics())) },
    Route(
      .get, "observability", tier: .supporting, "The metrics as JSON.",
      answers: [.init(200, "The counters.", schema: "Metrics")]
    ) { plane, _ throws(Problem) in .response(MetricsJSON.response(await plane.metrics())) },
    Route(
      .get, "version", tier: .supporting, "What runs here.", answers: [.init(200, "It.", schema: "Version")]
    ) { plane, _ throws(Problem) in .response(await plane.version()) },
    Route(
      .get, "openapi.json", mounts: [.root, .v1], "This document.",
      answers: [.init(200, "OpenAPI 3.1."), .init(304, "It is the one that If-None-Match names.", nil)]
    ) { plane, call throws(Problem) in .response(await plane.openAPI(call)) },
    Route(
      .get, "docs", mounts: [.root, .v1],
      "A page of all routes, events, error codes with remedies, and schemas; it needs no network.",
      answers: [
        .init(200, "The page.", "text/html"),
        .init(304, "It is the one that If-None-Match names.", nil),
      ]
    ) { _, call throws(Problem) in .response(try ControlPlane.docs(call)) },
    Route(
      .post, "shutdown", mounts: [.root, .v1], "Send clients away and stop.",
      answers: [.init(202, "The server is stopping.", schema: "Stopping")], errors: [.forbidden],
      access: .owners
    ) { plane, call throws(Problem) in .response(try await plane.shutdown(call)) },
    Route(
      absent: .post, "update", mounts: [.root, .v1], tier: .foreign, "Update the program.",
      because: "the program is updated by whoever installed it"),
  ]
}
