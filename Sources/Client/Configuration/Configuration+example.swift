extension Configuration {
  /// The example file: every setting with its meaning and its default, commented out.
  ///
  /// Taking one `#` and the blank behind it from the beginning of every line yields a file that says the defaults.
  public static func example() -> String {
    // Placeholders for what depends on the machine: `~` is the reader's home.
    let defaults = Configuration(surroundings: Surroundings(environment: [:], home: "~"))
    var lines = [
      "## Tailcast's settings, each with its default. Copy this file to ~/.config/tailcast/config.yaml and take the",
      "## `# ` from the lines that you change (and from the section above them).",
      "##",
      "## A flag beats the environment, the environment beats this file. A setting's variable is TAILCAST_ and its",
      "## key in capitals with _ for the dot: TAILCAST_TAIL_POLL_INTERVAL. Lists are separated by commas there.",
      "## Sizes: 64K, 8MiB, 1GiB. Durations: 100ms, 15s, 10m, 2h.",
    ]
    var section: String?
    for setting in Setting.all {
      if setting.section != section || setting.section == nil { lines.append("") }
      if let name = setting.section, name != section {
        lines.append("## \(Setting.sections[name] ?? name)")
        lines.append("# \(name):")
      }
      section = setting.section
      let indent = section == nil ? "" : "  "
      lines.append("# \(indent)# \(setting.meaning)")
      let texts = setting.texts(defaults).map(quoted)
      if setting.isList, !texts.isEmpty {
        lines.append("# \(indent)\(setting.name):")
        lines += texts.map { "# \(indent)  - \($0)" }
      } else {
        lines.append("# \(indent)\(setting.name): \(setting.isList ? "[]" : texts.joined())")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func quoted(_ text: String) -> String {
    let isPlain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-/=~:".contains($0)) }
    return isPlain && !text.isEmpty && text.first != "~" ? text : "\"\(text)\""
  }
}
