import Wire

extension TailcastCommand {
  /// Reads a command line.
  /// - Parameter arguments: the words after the program's name.
  public static func parse(
    arguments: [String], surroundings: Surroundings, now: Timestamp = .now
  ) throws(CommandFailure) -> Invocation {
    let (word, afterWord) = try commandName(arguments)
    var (spec, rest) = (try find(word, among: CommandSpec.all), afterWord)
    if !spec.children.isEmpty {
      guard let (word, afterWord) = try subcommand(rest) else {
        return Invocation(command: .help(spec.name), surroundings: surroundings)
      }
      (spec, rest) = (try find(word, among: spec.children, in: spec), afterWord)
    }
    guard let make = spec.make else {
      return Invocation(command: .help(spec.name), surroundings: surroundings)
    }
    let parsed = try Arguments(rest, of: spec, now: now, surroundings: surroundings)
    if parsed.has("--help") { return Invocation(command: .help(spec.name), surroundings: surroundings) }

    var invocation = Invocation(command: try make(parsed), surroundings: surroundings)
    invocation.json = parsed.has("--json")
    invocation.configurationFile = parsed.value("--config")
    invocation.overrides = try parsed.overrides()
    if let socket = parsed.value("--socket") {
      // To the server it says where to listen, to all others where to call.
      invocation.overrides.append(.init(key: "listen.socket", texts: [socket], flag: "--socket"))
      invocation.server.socket = surroundings.absolute(socket)
    }
    invocation.server.url = parsed.value("--url")
    if invocation.server == ServerChoice() { invocation.server.url = surroundings.variable("TAILCAST_URL") }
    invocation.server.key = parsed.value("--key") ?? surroundings.variable("TAILCAST_KEY")
    if let url = invocation.server.url {
      guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
        throw .usage("--url needs http:// or https://, not \"\(url)\"")
      }
      if invocation.server.socket != nil { throw .usage("--url and --socket contradict each other") }
    }
    return invocation
  }

  /// Whether an agent's hook is the caller, for which no fault of ours may count.
  static func isHook(_ words: [String]) -> Bool {
    guard let (name, _) = try? commandName(words) else { return words.contains("activity") }
    return name == "activity"
  }

  private static func find(
    _ word: String, among specs: [CommandSpec], in group: CommandSpec? = nil
  ) throws(CommandFailure) -> CommandSpec {
    if let spec = specs.first(where: { $0.word == word }) { return spec }
    let prefix = group.map { "\($0.name): " } ?? ""
    let near = Suggestion.nearest(to: word, among: specs.map(\.word)).map { "; did you mean \($0)?" } ?? ""
    throw .usage("\(prefix)unknown command \"\(word)\"\(near)", command: group?.name)
  }

  /// The same within a group; nil when help on the group is all that was asked for.
  private static func subcommand(_ words: [String]) throws(CommandFailure) -> (name: String, rest: [String])?
  {
    guard !words.isEmpty else { return nil }
    let (name, rest) = try commandName(words)
    return name == "help" ? nil : (name, rest)
  }

  /// The first word that is neither a global flag nor its value, and all other words.
  private static func commandName(_ words: [String]) throws(CommandFailure) -> (name: String, rest: [String])
  {
    var index = 0
    while index < words.count {
      let word = words[index]
      if word == "--version" { return ("version", []) }
      if word == "--help" || word == "-h" { return ("help", Array(words[(index + 1)...])) }
      guard word.hasPrefix("-") else {
        return (word, Array(words[..<index] + words[(index + 1)...]))
      }
      guard
        let flag = CommandSpec.globalFlags.first(where: { word == $0.name || word.hasPrefix($0.name + "=") })
      else { throw .usage("unknown flag \(word) before the command") }
      index += flag.value != nil && word == flag.name ? 2 : 1
    }
    return words.isEmpty
      ? ("help", []) : try { () throws(CommandFailure) in throw .usage("no command given") }()
  }
}
