import Wire

extension TailcastCommand {
  /// `tailcast status`; 1 when the server says that it is unhealthy.
  func status(_ access: ServerAccess) throws(CommandFailure) -> Int32 {
    let reply: Reply
    do throws(CommandFailure) {
      reply = try access.required().reply("/health")
    } catch {
      if access.json, error.code == .notRunning {
        output.line(json: Array("{\"status\":\"not_running\"}".utf8))
      }
      throw error
    }
    // 503 is an answer here: it says what is wrong.
    guard reply.status == 200 || reply.status == 503, let health = reply.json, health.kind == .object else {
      throw reply.failure
    }
    let state = health["status"]?.string ?? "unknown"
    if access.json {
      output.line(json: reply.body)
    } else {
      for line in Self.lines(health: health, run: RunFile.ofLiveServer(state: access.configuration.state)) {
        output.line(VisibleText.line(line))
      }
    }
    return state == "unhealthy" ? ExitCode.failed.rawValue : ExitCode.done.rawValue
  }

  /// The lines of `/health` (API.md section 1) that a person wants; what is absent is left out.
  static func lines(health: JSONSlice, run: RunFile?) -> [String] {
    func text(_ path: String...) -> String? {
      var value: JSONSlice? = health
      for key in path { value = value?[key] }
      guard let value, !value.isNull else { return nil }
      return value.string ?? value.description
    }
    var lines = ["status     \(text("status") ?? "unknown")"]
    if let pid = text("pid") { lines.append("process    \(pid), version \(text("version") ?? "unknown")") }
    if let uptime = health["uptime_secs"]?.double {
      lines.append("up         \(MomentText.span(seconds: Int64(uptime)))")
    }
    if let pid = health["pid"]?.int, let run, Int64(run.pid) == pid {
      if let url = run.url { lines.append("url        \(url)") }
      if let socket = run.socket { lines.append("socket     \(socket)") }
    }
    if let mode = text("tail", "mode") {
      var parts = [mode]
      if let files = text("tail", "files") { parts.append("\(files) files") }
      if let watches = text("tail", "watches") {
        parts.append("\(watches) of \(text("tail", "watch_limit") ?? "?") watches")
      }
      if let lag = text("tail", "lag_bytes") { parts.append("\(lag) bytes behind") }
      if let overflows = health.member("tail", "overflows")?.int, overflows > 0 {
        parts.append("\(overflows) overflows")
      }
      lines.append("tail       \(parts.joined(separator: ", "))")
    }
    if let sse = text("streams", "sse"), let ws = text("streams", "ws") {
      lines.append("streams    \(sse) SSE, \(ws) WebSocket")
    }
    for part in ["backend", "database", "search"] {
      guard let state = text(part, "status") else { continue }
      let reason = text(part, "reason").map { ": \($0)" } ?? ""
      lines.append(part + String(repeating: " ", count: 11 - part.count) + state + reason)
    }
    return lines
  }
}
