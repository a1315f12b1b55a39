/// The manual page tailcast(1), made of the commands' specifications. A value.
enum ManualPage {
  /// Its text for man(7).
  static func text(version: String) -> String {
    let commands = CommandSpec.all.filter { !$0.isHidden }
    var text = """
      .TH TAILCAST 1 "" "tailcast \(version)"
      .SH NAME
      tailcast \\- watch the transcripts of coding agents live
      .SH SYNOPSIS
      .B tailcast
      COMMAND [FLAGS]
      .SH COMMANDS

      """
    for spec in commands.flatMap({ $0.children.isEmpty ? [$0] : $0.children }) {
      text += ".SS \(line([spec.name, spec.operands].filter { !$0.isEmpty }.joined(separator: " ")))\n"
      text += line(spec.summary) + "\n"
      for detail in spec.details { text += line(detail) + "\n" }
      for flag in spec.flags { text += entry(flag) }
      for example in spec.examples { text += ".PP\n.EX\n\(line(example))\n.EE\n" }
    }
    text += ".SH FLAGS OF EVERY COMMAND\n" + CommandSpec.globalFlags.map(entry).joined()
    text += """
      .SH EXIT STATUS
      0 done, 1 failed, 2 usage, 3 not running, 4 not found, 5 refused, 130 interrupted.
      .SH FILES
      .TP
      .I $XDG_CONFIG_HOME/tailcast/config.yaml
      Settings; `tailcast help configuration` prints one with every setting and its default.
      .TP
      .I $XDG_STATE_HOME/tailcast
      Database, key, log and the file that says where the server runs.

      """
    return text
  }

  private static func entry(_ flag: CommandSpec.Flag) -> String {
    let names = flag.names.joined(separator: ", ") + (flag.value.map { " \($0)" } ?? "")
    return ".TP\n.B \(line(names))\n\(line(flag.meaning))\n"
  }

  /// A line that roff takes for text and nothing else.
  private static func line(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
  }
}
