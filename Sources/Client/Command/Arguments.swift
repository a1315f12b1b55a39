import Wire

/// The flags and operands of one command line, told apart by the command's specification.
struct Arguments: Sendable {
  var command: CommandSpec
  /// Values by the flag's long name, in the order given; an empty text for a flag without value.
  private(set) var values: [String: [String]] = [:]
  private(set) var operands: [String] = []
  /// For `--since 10m`.
  var now: Timestamp
  /// For paths.
  var surroundings: Surroundings

  /// Splits what follows the command's name. Values may be joined (`--port=1`, `-n5`) or separate.
  init(
    _ words: [String], of command: CommandSpec, now: Timestamp, surroundings: Surroundings
  ) throws(CommandFailure) {
    self.command = command
    self.now = now
    self.surroundings = surroundings
    let flags = command.flags + CommandSpec.globalFlags
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        operands += rest
        return
      }
      guard word.hasPrefix("-"), word != "-" else {
        operands.append(word)
        continue
      }
      let (name, joined) = Self.split(word)
      guard let flag = flags.first(where: { $0.names.contains(name) }) else {
        let near =
          Suggestion.nearest(to: name, among: flags.map(\.name)).map { "; did you mean \($0)?" } ?? ""
        throw .usage("\(command.name): unknown flag \(name)\(near)", command: command.name)
      }
      guard let form = flag.value else {
        if joined != nil {
          throw .usage("\(command.name): \(name) takes no value", command: command.name)
        }
        values[flag.name, default: []].append("")
        continue
      }
      guard let value = joined ?? rest.popFirst() else {
        throw .usage("\(command.name): \(name) needs a value, \(form)", command: command.name)
      }
      values[flag.name, default: []].append(value)
    }
  }

  /// `--name=value` and `-nvalue`.
  private static func split(_ word: String) -> (name: String, value: String?) {
    if word.hasPrefix("--") {
      guard let equals = word.firstIndex(of: "=") else { return (word, nil) }
      return (String(word[..<equals]), String(word[word.index(after: equals)...]))
    }
    return word.count > 2 ? (String(word.prefix(2)), String(word.dropFirst(2))) : (word, nil)
  }

  func has(_ flag: String) -> Bool { values[flag] != nil }
  /// The last value wins, as in all of Unix.
  func value(_ flag: String) -> String? { values[flag]?.last }

  func count(_ flag: String, _ range: ClosedRange<Int>) throws(CommandFailure) -> Int? {
    guard let text = value(flag) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw .usage(
        "\(command.name): \(flag) needs a number from \(range.lowerBound) to \(range.upperBound), "
          + "not \"\(text)\"", command: command.name)
    }
    return number
  }

  func expectOperands(_ number: ClosedRange<Int>) throws(CommandFailure) {
    if operands.count > number.upperBound {
      throw .usage(
        "\(command.name): unexpected \"\(operands[number.upperBound])\"", command: command.name)
    }
    if operands.count < number.lowerBound {
      throw .usage("\(command.name): \(command.operands) is missing", command: command.name)
    }
  }

  /// The flags that are settings, as words for another call of the program; their paths are absolute, since it may run
  /// elsewhere.
  func serveWords() -> [String] {
    var words: [String] = []
    for flag in command.flags + CommandSpec.globalFlags
    where flag.setting != nil || ["--config", "--set", "--socket"].contains(flag.name) {
      for value in values[flag.name] ?? [] {
        words.append(flag.name)
        switch flag.name {
        case _ where flag.value == nil: break
        case "--state", "--config", "--socket": words.append(surroundings.absolute(value))
        case "--root":
          let pair = CommandSpec.pair(value)
          words.append(pair.map { "\($0.key)=\(surroundings.absolute($0.value))" } ?? value)
        default: words.append(value)
        }
      }
    }
    return words
  }

  /// The settings that flags give.
  func overrides() throws(CommandFailure) -> [Configuration.Override] {
    var overrides: [Configuration.Override] = []
    for flag in command.flags + CommandSpec.globalFlags {
      guard let key = flag.setting, let texts = values[flag.name] else { continue }
      let isList = Setting.all.contains { $0.key == key && $0.isList }
      let given = flag.implied.map { [$0] } ?? (isList ? texts : texts.suffix(1))
      overrides.append(Configuration.Override(key: key, texts: given, flag: flag.name))
    }
    for text in values["--set"] ?? [] {
      guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
        throw .usage(
          "\(command.name): --set needs KEY=VALUE, not \"\(text)\"", command: command.name)
      }
      let (key, value) = (String(text[..<equals]), String(text[text.index(after: equals)...]))
      let isList = Setting.all.contains { $0.key == key && $0.isList }
      let texts = isList ? value.split(separator: ",").map { String($0.trimmingBlanks) } : [value]
      overrides.append(Configuration.Override(key: key, texts: texts, flag: "--set"))
    }
    return overrides
  }
}

extension Arguments {
  /// The request of `tail`.
  func tailRequest() throws(CommandFailure) -> TailRequest {
    try expectOperands(1...1)
    var request = TailRequest(session: try id(0))
    request.follow = has("--follow")
    if let name = value("--view") {
      guard let view = TailRequest.View(rawValue: name) else {
        throw .usage("tail: --view is events or raw, not \"\(name)\"", command: "tail")
      }
      request.view = view
    }
    let starts = ["--since", "--after", "--last"].filter(has)
    if starts.count > 1 {
      throw .usage("tail: \(starts[0]) and \(starts[1]) contradict each other", command: "tail")
    }
    if let cursor = value("--after") { request.start = .after(cursor) }
    if let last = try count("--last", 0...1_000_000) { request.start = .last(last) }
    if let text = value("--since") {
      guard let time = Self.time(text, now: now) else {
        throw .usage(
          "tail: --since needs a time such as 2026-02-03T09:00:00Z or 10m, not \"\(text)\"",
          command: "tail")
      }
      request.start = .since(time)
    }
    return request
  }

  /// An operand that is an id as API.md has them.
  func id(_ index: Int, of thing: String = "session") throws(CommandFailure) -> String {
    let text = operands[index]
    guard (1...128).contains(text.utf8.count), text.utf8.allSatisfy(Self.isIDByte) else {
      throw .usage("\(command.name): \"\(text)\" is no \(thing) id", command: command.name)
    }
    return text
  }

  private static func isIDByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x5f, 0x2d: true
    default: false
    }
  }

  /// A moment, or a duration before now. Digits alone are epoch milliseconds, as on the wire.
  private static func time(_ text: String, now: Timestamp) -> Timestamp? {
    if let moment = Timestamp(text) { return moment }
    guard text.last?.isLetter == true, let ago = DurationText.parse(text) else { return nil }
    return Timestamp(milliseconds: now.milliseconds - Int64(ago.milliseconds))
  }
}
