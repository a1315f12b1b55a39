import Glibc

extension Configuration {
  /// A setting that a flag of the command line gives.
  public struct Override: Sendable, Equatable {
    /// The setting's key.
    public var key: String
    /// Its values, several only for a list.
    public var texts: [String]
    /// The flag as it was written, for messages.
    public var flag: String

    /// A setting given by a flag.
    public init(key: String, texts: [String], flag: String) {
      self.key = key
      self.texts = texts
      self.flag = flag
    }
  }

  /// Variables that begin with `TAILCAST_` and are no settings: they belong to the command line and to agents' sessions.
  static let foreignVariables: Set<String> = [
    "TAILCAST_CONFIG", "TAILCAST_URL", "TAILCAST_KEY", "TAILCAST_SESSION_ID",
  ]

  /// Reads all sources: flags, then environment, then file, then defaults.
  /// - Parameter file: the configuration file that was asked for; nil looks for `TAILCAST_CONFIG` and then at the
  ///   usual place, where none need be.
  public static func load(
    overrides: [Override] = [], file: String? = nil, surroundings: Surroundings
  ) throws(ConfigurationFault) -> Configuration {
    let asked = (file ?? surroundings.variable("TAILCAST_CONFIG")).map(surroundings.absolute)
    let path = asked ?? surroundings.configurationFile
    var text: [UInt8]?
    switch SmallFile.read(path, limit: 1 << 20) {
    case .success(let bytes): text = bytes
    case .failure(let error):
      if asked != nil || !error.isMissing {
        throw ConfigurationFault(origin: .file(path: path, line: 0), reason: "cannot be read: \(error)")
      }
    }
    return try read(file: text.map { (path, $0) }, overrides: overrides, surroundings: surroundings)
  }

  /// The same, of a file's text: no input but the arguments.
  public static func read(
    file: (path: String, text: [UInt8])?, overrides: [Override] = [], surroundings: Surroundings
  ) throws(ConfigurationFault) -> Configuration {
    var reading = ConfigurationReading(surroundings: surroundings)
    if let file { try reading.apply(ConfigurationFile(path: file.path, text: file.text)) }
    try reading.applyEnvironment()
    for override in overrides {
      try reading.apply(
        override.key, override.texts, isList: override.texts.count > 1, at: .flag(override.flag))
    }
    return try reading.finish()
  }
}

/// A configuration while its sources are laid over each other, the weakest first.
private struct ConfigurationReading {
  static let byKey = Dictionary(uniqueKeysWithValues: Setting.all.map { ($0.key, $0) })
  static let keys = Setting.all.map(\.key)

  let surroundings: Surroundings
  var configuration: Configuration
  /// Who set a key last, to name him in a fault that shows only at the end.
  var origins: [String: ConfigurationFault.Origin] = [:]

  init(surroundings: Surroundings) {
    self.surroundings = surroundings
    configuration = Configuration(surroundings: surroundings)
  }

  mutating func apply(_ file: ConfigurationFile) throws(ConfigurationFault) {
    for entry in file.entries {
      try apply(entry.key, entry.texts, isList: entry.isList, at: .file(path: file.path, line: entry.line))
    }
  }

  mutating func applyEnvironment() throws(ConfigurationFault) {
    let variables = surroundings.environment.filter {
      $0.key.hasPrefix("TAILCAST_") && !Configuration.foreignVariables.contains($0.key)
    }
    for (name, text) in variables.sorted(by: { $0.key < $1.key }) {
      guard let setting = Setting.all.first(where: { $0.variable == name }) else {
        throw .unknown(name, at: .environment(name), known: Setting.all.map(\.variable))
      }
      let texts =
        setting.isList ? text.split(separator: ",").map { String($0.trimmingBlanks) } : [text]
      try apply(setting.key, texts, isList: setting.isList, at: .environment(name))
    }
  }

  mutating func apply(
    _ key: String, _ texts: [String], isList: Bool, at origin: ConfigurationFault.Origin
  ) throws(ConfigurationFault) {
    guard let setting = Self.byKey[key] ?? Setting.ofAgent(key) else {
      if Setting.sections[key] != nil {
        throw ConfigurationFault(
          origin: origin, key: key, reason: "is a section; its settings stand below it, indented")
      }
      throw .unknown(key, at: origin, known: Self.keys)
    }
    guard setting.isList || !isList, setting.apply(texts, &configuration) else {
      let given = texts.map { "\"\($0)\"" }.joined(separator: ", ")
      throw ConfigurationFault(
        origin: origin, key: key, reason: "must be \(setting.form), not \(isList ? "[\(given)]" : given)")
    }
    origins[key] = origin
  }

  /// Makes paths absolute and checks what only the settings together can show.
  mutating func finish() throws(ConfigurationFault) -> Configuration {
    configuration.state = surroundings.absolute(configuration.state)
    configuration.listen.socket =
      origins["listen.socket"] == nil
      ? configuration.state + "/tailcast.sock" : surroundings.absolute(configuration.listen.socket)
    if !configuration.people.isEmpty { configuration.people = surroundings.absolute(configuration.people) }
    if !configuration.fsRoot.isEmpty { configuration.fsRoot = surroundings.absolute(configuration.fsRoot) }
    configuration.projects.roots = configuration.projects.roots.map(surroundings.absolute)
    // An empty list in the example file means what no list means.
    if configuration.roots.isEmpty { configuration.roots = TranscriptRoot.agentsOwn(surroundings) }
    configuration.roots = configuration.roots.map {
      TranscriptRoot(agent: $0.agent, directory: surroundings.absolute($0.directory))
    }
    // sockaddr_un holds 108 bytes with the closing zero.
    if configuration.listen.socket.utf8.count > 107 {
      throw fault(
        "listen.socket", "\"\(configuration.listen.socket)\" is longer than the 107 bytes of a socket path")
    }
    if configuration.listen.tcp, configuration.auth == .none, !Self.isLoopback(configuration.listen.host) {
      throw fault(
        "listen.host",
        "\(configuration.listen.host) is not a loopback address, and auth is none: set auth to key")
    }
    if configuration.terminals.socket.contains(where: { $0.isWhitespace || $0 == "/" }) {
      throw fault("terminals.socket", "must be a name without blanks and slashes")
    }
    for (name, agent) in configuration.agents where agent.command.isEmpty || agent.command[0].isEmpty {
      throw fault("agents.\(name).command", "must name the program of the agent")
    }
    if configuration.streams.pageBytes > configuration.streams.ringBytes {
      throw fault("streams.page_bytes", "must not be larger than streams.ring_bytes")
    }
    if configuration.mux.resumeBytes > configuration.mux.pauseBytes {
      throw fault("mux.resume_bytes", "must not be larger than mux.pause_bytes")
    }
    return configuration
  }

  private func fault(_ key: String, _ reason: String) -> ConfigurationFault {
    ConfigurationFault(origin: origins[key] ?? .combination, key: key, reason: reason)
  }

  /// Names are taken literally: one that resolves to loopback today may not tomorrow.
  static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" { return true }
    var four = in_addr()
    if inet_pton(AF_INET, host, &four) == 1 { return UInt32(bigEndian: four.s_addr) >> 24 == 127 }
    var six = in6_addr()
    guard inet_pton(AF_INET6, host, &six) == 1 else { return false }
    return withUnsafeBytes(of: six) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
  }
}

extension StringProtocol {
  /// Without the blanks at both ends.
  var trimmingBlanks: SubSequence {
    var rest = self[...]
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return rest
  }
}
