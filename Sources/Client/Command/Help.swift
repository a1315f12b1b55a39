/// The texts of `tailcast help`, made of the commands' specifications.
enum Help {
  /// The overview: every command in one line.
  static func overview(version: String) -> String {
    let commands = CommandSpec.all.filter { !$0.isHidden }
    return """
      tailcast \(version): watch the transcripts of coding agents live.

      Usage: tailcast COMMAND [FLAGS]

      \(columns(commands.map { ($0.name, $0.summary) }))

      Flags of every command:
      \(columns(CommandSpec.globalFlags.map(row)))

      `tailcast help COMMAND` explains a command, `tailcast help configuration` all settings.
      Exit codes: 0 done, 1 failed, 2 usage, 3 not running, 4 not found, 5 refused, 130 interrupted.

      """
  }

  /// One command.
  static func command(_ spec: CommandSpec) -> String {
    var text = "\(spec.summary)\n\nUsage: tailcast \(spec.name)"
    if !spec.children.isEmpty { text += " COMMAND" }
    if !spec.operands.isEmpty { text += " \(spec.operands)" }
    if !spec.flags.isEmpty { text += " [FLAGS]" }
    text += "\n"
    if !spec.details.isEmpty { text += "\n" + spec.details.joined(separator: "\n") + "\n" }
    if !spec.children.isEmpty {
      text += "\n" + columns(spec.children.map { ($0.word, $0.summary) }) + "\n"
    }
    if !spec.flags.isEmpty { text += "\n" + columns(spec.flags.map(row)) + "\n" }
    if !spec.examples.isEmpty {
      text += "\nExamples:\n" + spec.examples.map { "  \($0)\n" }.joined()
    }
    if !spec.children.isEmpty {
      text += "\n`tailcast help \(spec.name) COMMAND` explains one of them.\n"
    }
    if spec.make != nil { text += "\n`tailcast help` lists the flags of every command.\n" }
    return text
  }

  private static func row(_ flag: CommandSpec.Flag) -> (String, String) {
    (flag.names.joined(separator: ", ") + (flag.value.map { " \($0)" } ?? ""), flag.meaning)
  }

  private static func columns(_ rows: [(String, String)]) -> String {
    let width = (rows.map(\.0.count).max() ?? 0) + 2
    return rows.map { name, meaning in
      "  " + name + String(repeating: " ", count: width - name.count) + meaning
    }.joined(separator: "\n")
  }
}
