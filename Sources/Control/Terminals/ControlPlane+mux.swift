import StreamServer
import Wire

extension ControlPlane {
  /// `GET mux`
  static func openMux(_ call: Call) throws(Problem) -> Reply {
    let head = call.request.head
    let use = WebSocketPlan.Use.terminals(isBinary: WebSocketHandshake.offersBinaryTerminals(head))
    return .webSocket(WebSocketPlan(key: try WebSocketHandshake.key(of: head), use: use, caller: call.caller))
  }

  /// How a session's terminal is shown to a viewer: who may see the session may watch, who may change it may type.
  public func terminal(_ demand: TerminalDemand) async -> Result<TerminalGrant, Problem> {
    do throws(Problem) {
      return .success(try await grant(demand))
    } catch {
      if let inner = error.inner { log.note("mux: \(inner)") }
      return .failure(error)
    }
  }

  private func grant(_ demand: TerminalDemand) async throws(Problem) -> TerminalGrant {
    if let verdict = gate.count(demand.caller, .sessions, nowMS: clockMS()), !verdict.isAllowed {
      throw Problem(.rateLimitExceeded, "more than \(verdict.limit) a minute (rate.sessions)")
    }
    try checkServing()
    try checkSession(demand.session, demand.caller)
    let entry = try await session(demand.session)
    let name: String
    do throws(DeskFault) {
      name = try await desk.terminalName(entry.id)
    } catch {
      throw .desk(error)
    }
    let isWritable = !demand.watches && mayChange(demand.session, demand.caller)
    return TerminalGrant(
      client: desk.terminals.client(of: name, watches: !isWritable), isWritable: isWritable)
  }
}
