import Glibc
import Wire

/// A call of an agent's hook.
public struct ActivityRequest: Sendable, Equatable {
  /// The hook's JSON, where the agent gives it as an argument.
  var argument: String?
  /// Say on standard error what was done.
  var isVerbose = false
}

extension TailcastCommand {
  /// Most bytes of a hook's JSON; the result of a tool stands in it.
  private static let hookLimit = 64 << 20
  /// How long the agent is kept waiting for each thing: its own JSON, each answer of the server.
  private static let hookPatience = Duration.seconds(2)

  /// `tailcast activity`. Whatever goes wrong, the agent goes on as if there were no hook.
  func report(
    _ request: ActivityRequest, _ access: () throws(CommandFailure) -> ServerAccess,
    _ surroundings: Surroundings
  ) {
    do throws(CommandFailure) {
      let report = try read(request)
      let access = try access()
      guard let connection = try access.connection() else { throw access.notRunning }
      try tell(report, surroundings, connection, request)
      if report.wantsMemory { remember(report, connection, request) }
    } catch {
      // A server that does not run is no news; a setting that is wrong never becomes right by itself.
      if request.isVerbose || error.code == .usage { output.note(error.message) }
    }
  }

  private func read(_ request: ActivityRequest) throws(CommandFailure) -> HookReport {
    let bytes: [UInt8]
    if let argument = request.argument {
      bytes = Array(argument.utf8)
    } else {
      if input.isTerminal { throw .usage("activity: a hook's JSON is read from standard input") }
      switch input.read(limit: Self.hookLimit, patience: Self.hookPatience) {
      case .success(let read): bytes = read
      case .failure(let fault): throw CommandFailure(.failed, "standard input: \(fault)")
      }
    }
    guard let json = JSONSlice(validating: bytes), let report = HookReport(json) else {
      throw CommandFailure(.usage, "this is no JSON of a hook")
    }
    return report
  }

  /// Tells the server, under the id that this session has here, or else under the agent's own.
  private func tell(
    _ report: HookReport, _ surroundings: Surroundings, _ connection: ServerConnection,
    _ request: ActivityRequest
  ) throws(CommandFailure) {
    guard let body = report.body else { return }
    var ids = [report.nativeID].compactMap { $0 }
    if report.isBinding, let own = surroundings.variable("TAILCAST_SESSION_ID"),
      !NestedAgent.isNested(in: own, parent: getppid(), look: NestedAgent.look)
    {
      ids.insert(own, at: 0)
    }
    for id in ids {
      let path = "/api/v1/sessions/\(PercentEncoding.encode(id))/activity"
      let reply = try ask(connection, path, method: "POST", body: body)
      if reply.status == 404, id != ids.last { continue }
      _ = try reply.success()
      if request.isVerbose { output.note("told: \(id) is \(report.state ?? "")") }
      return
    }
  }

  /// Prints what is known of the project, for the agent to read. No memory is no failure.
  private func remember(_ report: HookReport, _ connection: ServerConnection, _ request: ActivityRequest) {
    guard let directory = report.directory, !directory.contains(",") else { return }
    do throws(CommandFailure) {
      let text = try ask(connection, "/api/v1/memory/inject", query: [("projects", directory)]).success()
      let memory = String(decoding: text, as: UTF8.self)
      if !memory.allSatisfy(\.isWhitespace) { output.line(json: report.memory(memory)) }
    } catch {
      if request.isVerbose { output.note(error.message) }
    }
  }

  private func ask(
    _ connection: ServerConnection, _ path: String, method: String = "GET", query: [(String, String)] = [],
    body: [UInt8]? = nil
  ) throws(CommandFailure) -> Reply {
    do throws(RequestFailure) {
      return try connection.request(
        path, method: method, query: query, body: body, timeout: Self.hookPatience)
    } catch {
      throw CommandFailure(error)
    }
  }
}
