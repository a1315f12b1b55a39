/// Why a command did not do what it was asked: one line for people, one number for programs.
public struct CommandFailure: Error, Equatable, CustomStringConvertible {
  /// The process' exit code.
  public var code: ExitCode
  /// What went wrong and what to do, without the program's name.
  public var message: String

  /// A failure.
  public init(_ code: ExitCode, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  public var description: String { message }

  /// A wrong setting.
  init(_ fault: ConfigurationFault) { self.init(.usage, fault.description) }

  /// A command line that cannot be understood.
  static func usage(_ message: String, command: String? = nil) -> CommandFailure {
    CommandFailure(.usage, "\(message)\nSee `tailcast help\(command.map { " \($0)" } ?? "")`.")
  }
}
