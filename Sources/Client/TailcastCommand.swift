/// The command line: one call, on the thread of its caller, with everything that it touches handed in.
///
/// `main` wires it: `serve` runs the server, `local` opens files and database for the commands that work
/// without one.
public struct TailcastCommand {
  /// Runs the server until it is told to stop; the exit code.
  public typealias Serve = (Configuration) -> Int32
  /// Opens the transcripts of a configuration without a server.
  public typealias OpenLocal = (Configuration) throws(LocalFault) -> any LocalTranscripts

  /// The program's version.
  let version: String
  let output: Output
  let serve: Serve
  let local: OpenLocal

  /// A command line.
  public init(
    version: String, output: Output = .ofProcess(), serve: @escaping Serve, local: @escaping OpenLocal
  ) {
    self.version = version
    self.output = output
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
      return error.code.rawValue
    }
  }

  /// Does what was asked; the exit code.
  public func run(_ invocation: Invocation) -> Int32 {
    defer { output.flush() }
    do throws(CommandFailure) {
      return try perform(invocation)
    } catch {
      output.note(error.message)
      return error.code.rawValue
    }
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
    case .unbuilt(let name):
      throw CommandFailure(.failed, "`tailcast \(name)` is not built yet in version \(version)")
    case .doctor: return doctor(invocation)
    case .serve: return serve(try configuration(invocation))
    case .list(let query): try list(query, ServerAccess(invocation, try configuration(invocation)))
    case .search(let query): try search(query, ServerAccess(invocation, try configuration(invocation)))
    case .tail(let request): try tail(request, ServerAccess(invocation, try configuration(invocation)))
    case .status: return try status(ServerAccess(invocation, try configuration(invocation)))
    case .stop: try stop(ServerAccess(invocation, try configuration(invocation)))
    case .openapi:
      let access = ServerAccess(invocation, try configuration(invocation))
      output.line(json: try access.required().reply("/openapi.json").success())
    }
    return ExitCode.done.rawValue
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
    case let name?:
      guard let spec = CommandSpec.named(name) else {
        let near = Suggestion.nearest(to: name, among: CommandSpec.all.map(\.name) + ["configuration"])
        throw .usage("no help on \"\(name)\"\(near.map { "; did you mean \($0)?" } ?? "")")
      }
      output.text(Help.command(spec))
    }
  }
}
