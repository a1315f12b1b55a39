import Wire

/// How a command reaches the server, decided once from what was said and what runs.
struct ServerAccess {
  let configuration: Configuration
  let choice: ServerChoice
  /// Answer in JSON.
  let json: Bool

  init(_ invocation: Invocation, _ configuration: Configuration) {
    self.configuration = configuration
    choice = invocation.server
    json = invocation.json
  }

  /// Whether the caller named a server: then files are no answer in its place.
  var isExplicit: Bool { choice.socket != nil || choice.url != nil }

  /// A connection to the server, nil when none runs and none was named.
  func connection() throws(CommandFailure) -> ServerConnection? {
    guard let endpoint = Endpoint.find(choice, state: configuration.state) else { return nil }
    do throws(RequestFailure) { return try ServerConnection(endpoint) } catch { throw CommandFailure(error) }
  }

  /// The same for commands that need a server.
  func required() throws(CommandFailure) -> ServerConnection {
    guard let connection = try connection() else { throw notRunning }
    return connection
  }

  /// Nobody to talk to.
  var notRunning: CommandFailure {
    CommandFailure(
      .notRunning, "no server runs with state directory \(configuration.state); `tailcast serve` starts one")
  }

  /// A query answered by the server, or by `local` when no server answers and none was named.
  func body(
    _ path: String, query: [(String, String)] = [], orElse local: () throws(CommandFailure) -> [UInt8]
  ) throws(CommandFailure) -> [UInt8] {
    guard let connection = try connection() else { return try local() }
    let reply: Reply
    do throws(RequestFailure) {
      reply = try connection.request(path, query: query)
    } catch {
      if case .unreachable = error, !isExplicit { return try local() }
      throw CommandFailure(error)
    }
    return try reply.success()
  }
}

extension ServerConnection {
  /// The answer to a request, whatever its status.
  func reply(_ path: String, method: String = "GET") throws(CommandFailure) -> Reply {
    do throws(RequestFailure) { return try request(path, method: method) } catch {
      throw CommandFailure(error)
    }
  }
}

extension Reply {
  /// The body of a 2xx, or what the server refused with (API.md section 8, Errors).
  func success() throws(CommandFailure) -> [UInt8] {
    if (200..<300).contains(status) { return body }
    throw failure
  }

  /// The answer as a failure.
  var failure: CommandFailure {
    let error = json?["error"]
    let message: String =
      error?["message"]?.string ?? json?["detail"]?.string ?? "the server answered \(status)"
    let code: ExitCode =
      switch status {
      case 400: .usage
      case 401, 403, 421, 429: .refused
      case 404: .notFound
      default: .failed
      }
    let name = error?["code"]?.string.map { " (\($0))" } ?? ""
    return CommandFailure(code, VisibleText.line(message + name))
  }
}

extension CommandFailure {
  /// No answer.
  init(_ failure: RequestFailure) {
    switch failure {
    case .unreachable(let reason): self.init(.notRunning, reason)
    case .broken(let reason): self.init(.failed, reason)
    }
  }
}
