import StreamServer
import Wire

/// A stream that ends at once: how overload is told to clients that give up for good on 429 and 503
/// (STREAMS section 4).
enum BriefStream {
  /// Status 200, `retry:`, and `bye`; in the `ui` view an error chunk and `[DONE]`, because its parser knows no `bye`.
  static func response(_ problem: Problem, isUI: Bool, retry: Duration) -> Response {
    let waitSeconds = problem.headers.first { $0.name == "retry-after" }.flatMap { Int($0.value) }
    let waitMS = waitSeconds.map { $0 * 1000 } ?? Int(retry.components.seconds) * 1000
    var body = Array("retry: \(waitMS)\n\n".utf8)
    var writer = JSONWriter()
    writer.object { writer in
      if isUI {
        writer.field("type", "error")
        writer.field("errorText", problem.message)
      } else {
        writer.field("reason", problem.code == .rateLimitExceeded ? "rate_limit" : "unavailable")
        writer.field("retry_ms", waitMS)
      }
    }
    SSE.frame(event: isUI ? nil : "bye", id: nil as [UInt8]?, data: writer.take(), into: &body)
    if isUI { SSE.frame(event: nil, id: nil as [UInt8]?, data: Array("[DONE]".utf8), into: &body) }
    var headers = [
      ("content-type", "text/event-stream"), ("cache-control", "no-cache, no-transform"),
      ("x-accel-buffering", "no"),
    ]
    if isUI { headers.append(("x-vercel-ai-ui-message-stream", "v1")) }
    return Response(status: 200, headers: headers.map { (name: $0.0, value: $0.1) }, body: body)
  }
}
