/// Webhooks by libcurl.
extension CurlTransport: HookTransport {
  func post(_ request: HookRequest) async -> HookOutcome {
    switch await send(WebRequest(url: request.url, headers: request.headers, body: request.body)) {
    case .answered(let answer): .answered(status: answer.status, retryAfter: answer.retryAfter)
    case .tookTooLong: .unreachable("the receiver did not answer in time (hooks.timeout)")
    case .unreachable(let reason): .unreachable(reason)
    case .refused(let reason): .refused(reason)
    }
  }
}
