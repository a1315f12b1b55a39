/// How one command is written: its flags, its operands, its help. `CommandSpec.all` is the only list of commands.
struct CommandSpec: Sendable {
  /// One flag.
  struct Flag: Sendable {
    /// `--json`, or `-f --follow`: the long name last.
    var names: [String]
    /// The name of its value in help, nil for a flag without one.
    var value: String?
    var meaning: String
    /// The setting that it sets, if it is one.
    var setting: String?
    /// The setting's value for a flag without one.
    var implied: String?

    init(
      _ names: String, value: String? = nil, setting: String? = nil, implied: String? = nil, _ meaning: String
    ) {
      self.names = names.split(separator: " ").map(String.init)
      self.value = value
      self.meaning = meaning
      self.setting = setting
      self.implied = implied
    }

    var name: String { names.last ?? "" }
  }

  var name: String
  var summary: String
  /// The operands as help shows them.
  var operands = ""
  var flags: [Flag] = []
  /// What the summary leaves open; lines of help.
  var details: [String] = []
  var examples: [String] = []
  /// The commands of a group; the name of each begins with the group's.
  var children: [CommandSpec] = []
  /// Whether help and completion leave it out: other programs call it, nobody types it.
  var isHidden = false
  /// Makes the command of what was given; nil for a group.
  var make: (@Sendable (Arguments) throws(CommandFailure) -> Command)?

  /// The last word of the name.
  var word: String { name.split(separator: " ").last.map(String.init) ?? name }

  /// A command by its name, a group's command by both words.
  static func named(_ name: String) -> CommandSpec? {
    (all + all.flatMap(\.children)).first { $0.name == name }
  }

  /// Flags that every command takes.
  static let globalFlags: [Flag] = [
    Flag("--json", "Answer in JSON."),
    Flag("--state", value: "DIR", setting: "state", "State directory of the server."),
    Flag("--config", value: "FILE", "Configuration file."),
    Flag("--set", value: "KEY=VALUE", "Set any setting, for example --set tail.mode=poll; repeatable."),
    Flag("--socket", value: "PATH", "Unix socket of the server."),
    Flag("--url", value: "URL", "Talk to the server at URL, for example http://127.0.0.1:8420."),
    Flag("--key", value: "KEY", "Access key for --url; better in TAILCAST_KEY, where `ps` does not show it."),
    Flag("-h --help", "Help on the command."),
  ]
}
