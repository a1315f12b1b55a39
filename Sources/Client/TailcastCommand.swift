import Wire

/// The command line: one call, on the thread of its caller, with everything that it touches handed in.
///
/// `main` wires it: `serve` runs the server, `local` opens a server inside this process for the commands that work
/// without a running one.
public struct TailcastCommand {
  /// Runs the server until it is told to stop; the exit code.
  public typealias Serve = (Configuration) -> Int32
  /// Opens a server of one command.
  ///
  /// The flag says that the command will stay: it must then not keep a server from starting.
  public typealias OpenLocal = (Configuration, Bool) throws(LocalFault) -> any LocalTranscripts

  /// The program's version.
  let version: String
  let input: Input
  let output: Output
  let serve: Serve
  let local: OpenLocal
  let interruption: Interruption

  /// A command line of this process.
  public init(version: String, serve: @escaping Serve, local: @escaping OpenLocal) {
    self.init(
      version: version, input: .ofProcess(), output: .ofProcess(), interruption: .ofProcess(), serve: serve,
      local: local)
  }

  init(
    version: String, input: Input, output: Output, interruption: Interruption, serve: @escaping Serve,
    local: @escaping OpenLocal
  ) {
    self.version = version
    self.input = input
    self.output = output
    self.interruption = interruption
    self.serve = serve
    self.local = local
  }

  /// Reads a command line and does what it says; the exit code.
  /// - Parameter arguments: the words after the program's name.
  public func run(arguments: [String], surroundings: Surroundings) -> Int32 {
    do throws(CommandFailure) {
      return run(try Self.parse(arguments: arguments, surroundings: surroundings))
    } catch {
      output.note(error.message)
      // To Claude Code a hook that ends with 2 forbids what it was called for.
      return Self.isHook(arguments) ? ExitCode.done.rawValue : error.code.rawValue
    }
  }

  /// Does what was asked; the exit code.
  public func run(_ invocation: Invocation) -> Int32 {
    var code: Int32
    do throws(CommandFailure) {
      code = try perform(invocation)
    } catch {
      code = error.code.rawValue
      // Who interrupts knows why it ends.
      if error.code != .interrupted { output.note(error.message) }
    }
    output.flush()
    // A reader that has seen enough, as in `tailcast ls | head`, is no failure.
    if let fault = output.fault, !fault.isReaderGone {
      output.note("cannot write the output: \(fault)")
      code = ExitCode.failed.rawValue
    }
    return code
  }

  private func perform(_ invocation: Invocation) throws(CommandFailure) -> Int32 {
    switch invocation.command {
    case .version:
      if invocation.json {
        output.line(json: Array("{\"version\":\"\(version)\"}".utf8))
      } else {
        output.line("tailcast \(version)")
      }
    case .help(let topic): try help(topic)
    case .doctor: return doctor(invocation)
    case .serve: return serve(try configuration(invocation))
    case .list(let query): try list(query, try access(invocation))
    case .search(let query): try search(query, try access(invocation))
    case .tail(let request): try tail(request, try access(invocation))
    case .status: return try status(try access(invocation))
    case .stop: try stop(try access(invocation))
    case .openapi:
      output.line(json: try access(invocation).required().reply("/openapi.json").success())
    case .calls(let calls):
      let access = try access(invocation)
      for call in calls { try perform(call, access) }
    case .start(let words): try start(words, invocation, try access(invocation))
    case .restart(let words): try restart(words, invocation, try access(invocation))
    case .supervise(let words):
      return Supervisor(program: invocation.surroundings.program, words: words, note: output.note).run()
    case .logs(let request): try logs(request, try configuration(invocation))
    case .open(let isPrintOnly): try openBrowser(isPrintOnly: isPrintOnly, try access(invocation))
    case .mcp: try mcp(try access(invocation))
    case .terminal(let request):
      return try runTerminal(request, invocation.surroundings, try access(invocation))
    case .completion(let shell): output.text(shell.script)
    case .changeService(let change):
      try self.change(change, invocation.surroundings, json: invocation.json)
    case .printService(let unit): output.text(unit.text)
    case .activity(let request):
      report(
        request, { () throws(CommandFailure) in try access(invocation) }, invocation.surroundings)
    case .changeHooks(let change):
      try self.change(change, invocation.surroundings, json: invocation.json)
    }
    return ExitCode.done.rawValue
  }

  private func access(_ invocation: Invocation) throws(CommandFailure) -> ServerAccess {
    ServerAccess(invocation, try configuration(invocation), interruption: interruption, open: local)
  }

  private func configuration(_ invocation: Invocation) throws(CommandFailure) -> Configuration {
    do throws(ConfigurationFault) { return try invocation.configuration() } catch {
      throw CommandFailure(error)
    }
  }

  private func help(_ topic: String?) throws(CommandFailure) {
    switch topic {
    case nil: output.text(Help.overview(version: version))
    case "configuration": output.text(Configuration.example())
    case "man": output.text(ManualPage.text(version: version))
    case let name?:
      guard let spec = CommandSpec.named(name) else {
        let known =
          CommandSpec.all.flatMap { [$0.name] + $0.children.map(\.name) } + ["configuration", "man"]
        let near = Suggestion.nearest(to: name, among: known)
        throw .usage("no help on \"\(name)\"\(near.map { "; did you mean \($0)?" } ?? "")")
      }
      output.text(Help.command(spec))
    }
  }
}
