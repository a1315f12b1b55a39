import Wire

/// How a command reaches a server: the one that was named, the one that runs, or one of its own. Lives as long as
/// the command; the server of its own ends with it.
final class ServerAccess {
  let configuration: Configuration
  /// Answer in JSON.
  let json: Bool
  /// Ends what the command waits for.
  let interruption: Interruption
  private let choice: ServerChoice
  private let open: TailcastCommand.OpenLocal
  private var own: (any LocalTranscripts)?

  init(
    _ invocation: Invocation, _ configuration: Configuration, interruption: Interruption,
    open: @escaping TailcastCommand.OpenLocal
  ) {
    self.configuration = configuration
    choice = invocation.server
    json = invocation.json
    self.interruption = interruption
    self.open = open
  }

  /// Whether the caller named a server: then no other is an answer in its place.
  var isExplicit: Bool { choice.socket != nil || choice.url != nil }

  /// Whether the command has a server of its own.
  var isPrivate: Bool { own != nil }

  /// Where the server is called; nil when none runs, none was named and none was opened.
  var endpoint: Endpoint? {
    own.map { .socket($0.socket) } ?? .find(choice, state: configuration.state)
  }

  /// A connection to the server; nil when none runs, none was named and none was opened.
  func connection() throws(CommandFailure) -> ServerConnection? {
    guard let endpoint else { return nil }
    do throws(RequestFailure) {
      return try ServerConnection(endpoint, interruption: interruption)
    } catch {
      throw CommandFailure(error)
    }
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

  /// Opens a server for this command, which connections lead to from now on.
  func openPrivate(stays: Bool = false) throws(CommandFailure) {
    // A signal must not leave its socket and folder behind.
    interruption.watch()
    do throws(LocalFault) {
      own = try open(configuration, stays)
    } catch {
      switch error {
      case .failed(let reason): throw CommandFailure(.failed, VisibleText.line(reason))
      }
    }
    if interruption.isDue { throw CommandFailure(.interrupted) }
  }

  /// The answer to a query. Where nobody was named and nobody answers, a server of its own gives it.
  /// - Parameter stays: whether the command goes on for so long that its server must not stand in the way of another.
  func read(
    _ path: String, query: [(String, String)] = [], stays: Bool = false
  ) throws(CommandFailure) -> [UInt8] {
    if let connection = try connection() {
      var reply: Reply?
      do throws(RequestFailure) {
        reply = try connection.request(path, query: query)
      } catch {
        guard case .unreachable = error, !isExplicit, !isPrivate else { throw CommandFailure(error) }
      }
      if let reply { return try reply.success() }
    }
    try openPrivate(stays: stays)
    return try read(path, query: query, stays: stays)
  }
}

extension ServerConnection {
  /// The answer to a request, whatever its status.
  func reply(
    _ path: String, method: String = "GET", query: [(String, String)] = [], body: [UInt8]? = nil
  ) throws(CommandFailure) -> Reply {
    do throws(RequestFailure) {
      return try request(path, method: method, query: query, body: body)
    } catch {
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
    case .interrupted: self.init(.interrupted, failure.message)
    }
  }
}
