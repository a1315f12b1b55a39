/// One call of the program, read and checked: the command and all that it may ask.
public struct Invocation: Sendable {
  /// What to do.
  public var command: Command
  /// Answer in JSON.
  public var json = false
  /// Which server to talk to, when it was said.
  public var server = ServerChoice()
  /// The configuration file that was asked for.
  public var configurationFile: String?
  /// Settings given by flags.
  public var overrides: [Configuration.Override] = []
  /// What the process was started in.
  public var surroundings: Surroundings

  init(command: Command, surroundings: Surroundings) {
    self.command = command
    self.surroundings = surroundings
  }

  /// The configuration of all sources.
  public func configuration() throws(ConfigurationFault) -> Configuration {
    try Configuration.load(overrides: overrides, file: configurationFile, surroundings: surroundings)
  }
}

/// The server that a command was told to talk to; all nil means the one of the state directory.
public struct ServerChoice: Sendable, Equatable {
  /// Path of a Unix socket.
  public var socket: String?
  /// `http://host:port` or `https://…`.
  public var url: String?
  /// The key for `url`.
  public var key: String?
}
