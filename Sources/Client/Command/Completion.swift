/// The completion scripts of shells, made of the commands' specifications. A value.
public enum Completion: String, Sendable, CaseIterable {
  case bash, zsh, fish

  /// The script.
  var script: String {
    switch self {
    case .bash: Self.bashScript
    case .zsh: Self.zshScript
    case .fish: Self.fishScript
    }
  }

  private static var commands: [CommandSpec] { CommandSpec.all.filter { !$0.isHidden } }
  /// Commands and those of groups, by both words.
  private static var leaves: [CommandSpec] {
    commands.flatMap { $0.children.isEmpty ? [$0] : $0.children }
  }
  /// Whether the first operand is the id of a session.
  private static func takesSession(_ spec: CommandSpec) -> Bool {
    spec.operands.hasPrefix("ID") && !spec.name.contains(" ")
  }
  /// Words that an operand must be one of: `claude|codex|gemini`.
  private static func choices(_ form: String) -> [String] {
    let words = form.split(separator: "|").map(String.init)
    return words.count > 1 && words.allSatisfy { $0.allSatisfy(\.isLetter) } ? words : []
  }
  private static func flags(_ spec: CommandSpec) -> [CommandSpec.Flag] {
    spec.flags + CommandSpec.globalFlags
  }

  // MARK: bash

  private static var bashScript: String {
    let groups = commands.filter { !$0.children.isEmpty }
    var cases = groups.map { spec in
      "    '\(spec.name)') words='\(spec.children.map(\.word).joined(separator: " "))' ;;"
    }
    for spec in leaves {
      let words = flags(spec).flatMap(\.names) + choices(spec.operands)
      let ids = takesSession(spec) ? " ids=1" : ""
      cases.append("    '\(spec.name)') words='\(words.joined(separator: " "))'\(ids) ;;")
    }
    return """
      # bash completion for tailcast: source <(tailcast completion bash)
      _tailcast() {
        local current=${COMP_WORDS[COMP_CWORD]} command='' words='' ids='' word
        for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
          case $word in -*) continue ;; esac
          case $command in
            '') command=$word ;;
            \(groups.map(\.name).joined(separator: "|"))) command="$command $word"; break ;;
            *) break ;;
          esac
        done
        case $command in
          '') words='\(commands.map(\.name).joined(separator: " "))' ;;
      \(cases.joined(separator: "\n"))
        esac
        if [ -n "$ids" ] && [ "${current#-}" = "$current" ]; then
          words=$(tailcast ls -n 100 2>/dev/null | awk 'NR > 1 { print $1 }')
        fi
        COMPREPLY=($(compgen -W "$words" -- "$current"))
      }
      complete -o default -F _tailcast tailcast

      """
  }

  // MARK: zsh

  private static var zshScript: String {
    let groups = commands.filter { !$0.children.isEmpty }
    func entries(_ pairs: [(String, String)]) -> String {
      pairs.map { zshQuote($0.0.replacing(":", with: "\\:") + ":" + $0.1) }.joined(separator: " ")
    }
    var cases = groups.map { spec in
      "    '\(spec.name)') list=(\(entries(spec.children.map { ($0.word, $0.summary) }))) ;;"
    }
    for spec in leaves {
      let flags = flags(spec).flatMap { flag in flag.names.map { ($0, flag.meaning) } }
      let words = flags + choices(spec.operands).map { ($0, "") }
      let ids = takesSession(spec) ? " ids=1" : ""
      cases.append("    '\(spec.name)') list=(\(entries(words)))\(ids) ;;")
    }
    return """
      #compdef tailcast
      # zsh completion for tailcast: tailcast completion zsh > a file _tailcast in a directory of $fpath
      _tailcast() {
        local command='' ids='' word
        local -a list
        for word in "${(@)words[2,CURRENT-1]}"; do
          case $word in -*) continue ;; esac
          case $command in
            '') command=$word ;;
            \(groups.map(\.name).joined(separator: "|"))) command="$command $word"; break ;;
            *) break ;;
          esac
        done
        case $command in
          '') list=(\(entries(commands.map { ($0.name, $0.summary) }))) ;;
      \(cases.joined(separator: "\n"))
        esac
        if [[ -n $ids && $PREFIX != -* ]]; then
          list=(${(f)"$(tailcast ls -n 100 2>/dev/null | awk 'NR > 1 { print $1 }')"})
        fi
        _describe tailcast list || _files
      }
      # As a file of $fpath this runs when it is first asked for, as a command it only says what is to be asked.
      if [[ $funcstack[1] == _tailcast ]]; then _tailcast "$@"; else compdef _tailcast tailcast; fi

      """
  }

  private static func zshQuote(_ text: String) -> String {
    "'" + text.replacing("'", with: "'\\''") + "'"
  }

  // MARK: fish

  private static var fishScript: String {
    var lines = [
      "# fish completion for tailcast: tailcast completion fish > ~/.config/fish/completions/tailcast.fish",
      "complete -c tailcast -f",
    ]
    func add(_ condition: String, _ rest: String, _ meaning: String) {
      lines.append("complete -c tailcast -n \(fishQuote(condition)) \(rest) -d \(fishQuote(meaning))")
    }
    for spec in commands {
      add("__fish_use_subcommand", "-a \(spec.name)", spec.summary)
      for child in spec.children {
        let others = spec.children.map(\.word).joined(separator: " ")
        add(
          "__fish_seen_subcommand_from \(spec.name); and not __fish_seen_subcommand_from \(others)",
          "-a \(child.word)", child.summary)
      }
    }
    for spec in leaves {
      let seen = spec.name.split(separator: " ").map { "__fish_seen_subcommand_from \($0)" }
        .joined(separator: "; and ")
      for flag in spec.flags { add(seen, fishFlag(flag), flag.meaning) }
      for word in choices(spec.operands) { add(seen, "-a \(word)", "") }
      if takesSession(spec) {
        add(seen, "-a \"(tailcast ls -n 100 2>/dev/null | awk 'NR > 1 { print \\$1 }')\"", "session")
      }
    }
    for flag in CommandSpec.globalFlags {
      lines.append("complete -c tailcast \(fishFlag(flag)) -d \(fishQuote(flag.meaning))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func fishFlag(_ flag: CommandSpec.Flag) -> String {
    let names = flag.names.map { name in
      name.hasPrefix("--") ? "-l \(name.dropFirst(2))" : "-s \(name.dropFirst(1))"
    }
    return (names + (flag.value == nil ? [] : ["-r"])).joined(separator: " ")
  }

  private static func fishQuote(_ text: String) -> String {
    "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
  }
}

extension CommandSpec {
  static let completion = CommandSpec(
    name: "completion", summary: "Print the completion script of a shell.", operands: "bash|zsh|fish",
    examples: [
      "source <(tailcast completion bash)",
      "tailcast completion fish > ~/.config/fish/completions/tailcast.fish",
    ],
    make: { arguments throws(CommandFailure) in
      try arguments.expectOperands(1...1)
      guard let shell = Completion(rawValue: arguments.operands[0]) else {
        throw .usage(
          "completion: no shell \"\(arguments.operands[0])\"; bash, zsh or fish", command: "completion")
      }
      return .completion(shell)
    })
}
