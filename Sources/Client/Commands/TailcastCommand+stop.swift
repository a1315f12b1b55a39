import Glibc

extension TailcastCommand {
  /// `tailcast stop`: asks, then waits as long as the server may take to send its clients away.
  func stop(_ access: ServerAccess) throws(CommandFailure) {
    let run = access.isExplicit ? nil : RunFile.ofLiveServer(state: access.configuration.state)
    let connection = try access.required()
    _ = try connection.reply("/shutdown", method: "POST").success()
    // Of a server named by its address the process is not known.
    guard let pid = run?.pid else { return report("stopping", access) }
    let patience = access.configuration.shutdown.grace.milliseconds + 5000
    let step = 20
    for _ in 0..<(patience / step) {
      if !LiveProcess.exists(pid) { return report("stopped", access) }
      poll(nil, 0, Int32(step))
    }
    throw CommandFailure(
      .failed,
      "the server, process \(pid), still runs after \(patience / 1000) s; `kill \(pid)` ends it at once")
  }

  private func report(_ state: String, _ access: ServerAccess) {
    if access.json { output.line(json: Array("{\"status\":\"\(state)\"}".utf8)) } else { output.line(state) }
  }
}
