import Tail

/// What an agent's screen says about where typed text would go. A value, made of one look at a terminal.
struct AgentScreen: Sendable, Hashable {
  /// The agent's input.
  enum Input: Sendable, Hashable {
    /// It waits for text and holds none.
    case empty
    /// It holds text: the part of it that can be seen, without its frame.
    case text(String)
    /// A question is open instead: keys would answer it.
    case dialog(Dialog)
    /// The agent shows something else: it starts, or a page of its own is open.
    case absent
    /// How this agent's screen looks is not known.
    case unreadable
  }

  /// A question with numbered answers.
  struct Dialog: Sendable, Hashable {
    /// What is asked, as far as it can be told.
    var question: String?
    /// What it is asked about, such as a command or a file, where that stands below the question.
    var detail: String?
    /// The answers in the order of their numbers, from 1.
    var options: [String]
    /// Which of them Enter would choose, from 0.
    var marked = 0
  }

  /// The agent's input.
  var input: Input
  /// True while somebody scrolls in the terminal: keys would not reach the agent.
  var isScrolled: Bool
  /// The agent's process.
  var pid: Int32
  /// True when that has ended.
  var hasExited: Bool
  /// Tells two looks apart.
  var fingerprint: Int

  /// Reads a screen as the one of an agent.
  init(_ screen: TerminalScreen, of agent: AgentKind?) {
    isScrolled = screen.isInMode
    pid = screen.pid
    hasExited = screen.exit != nil
    fingerprint = screen.lines.hashValue
    if let dialog = Self.dialog(screen.lines) ?? Self.bareDialog(screen.lines) {
      input = .dialog(dialog)
      return
    }
    switch agent {
    case .claude: input = Self.claude(screen)
    case .codex: input = Self.codex(screen)
    default: input = .unreadable
    }
  }

  /// A look without a terminal, for models of agents.
  init(input: Input, pid: Int32 = 1, hasExited: Bool = false, fingerprint: Int = 0) {
    self.input = input
    isScrolled = false
    self.pid = pid
    self.hasExited = hasExited
    self.fingerprint = fingerprint
  }

  /// Claude Code: a box between two rules; its first row begins with a mark, the cursor stands at the end of the text.
  /// Of a text that is higher than the box the end is shown, below a rule that says `↑ 61 more`; one that is higher than
  /// the screen has lost its upper rule.
  private static func claude(_ screen: TerminalScreen) -> Input {
    let row = screen.cursorRow
    guard row < screen.lines.count,
      let bottom = screen.lines[(row + 1)...].firstIndex(where: isRule), !isRule(screen.lines[row])
    else { return .absent }
    let top = screen.lines[..<row].lastIndex(where: isRule)
    let rows = screen.lines[(top.map { $0 + 1 } ?? 0)..<bottom]
    let isCut = top.map { screen.lines[$0].contains("↑") } ?? true
    guard let first = rows.first, isCut || first.hasPrefix("❯") || first.hasPrefix("!") else {
      return .absent
    }
    // A suggestion stands behind the cursor, a text before it.
    if rows.count == 1, first.hasPrefix("❯"), screen.cursorColumn <= 2 { return .empty }
    // Behind a command stands which arguments it takes: `/clear  [name]`.
    if rows.count == 1, first.hasPrefix("❯"), first.dropFirst(2).hasPrefix("/") {
      return .text(String(first.prefix(screen.cursorColumn).dropFirst(2)))
    }
    let mark = first.hasPrefix("!") ? "!" : ""
    return .text(mark + rows.map { String($0.dropFirst(2)) }.joined(separator: "\n"))
  }

  /// Codex: the rows from the last mark above the cursor down to it.
  private static func codex(_ screen: TerminalScreen) -> Input {
    let row = screen.cursorRow
    guard row < screen.lines.count, screen.cursorColumn >= 2 else { return .absent }
    var top = row
    while top > 0, !isCodexMark(screen.lines[top]) {
      guard screen.lines[top].isEmpty || screen.lines[top].hasPrefix("  ") else { return .absent }
      top -= 1
    }
    let rows = screen.lines[top...row]
    if top == row, rows[top].hasPrefix("›"), screen.cursorColumn == 2 { return .empty }
    let mark = rows[top].hasPrefix("!") ? "!" : ""
    return .text(mark + rows.map { String($0.dropFirst(2)) }.joined(separator: "\n"))
  }

  private static func isRule(_ line: String) -> Bool { line.hasPrefix("───") }

  private static func isCodexMark(_ line: String) -> Bool { line.hasPrefix("›") || line.hasPrefix("!") }

  /// A list of numbered answers, one of them marked, and below it the keys that end it.
  private static func dialog(_ lines: [String]) -> Dialog? {
    guard let marked = lines.lastIndex(where: { option($0)?.isMarked == true }),
      let hint = lines[marked...].lastIndex(where: { line in hints.contains { line.contains($0) } })
    else { return nil }
    guard let first = lines[...marked].lastIndex(where: { option($0)?.number == 1 }) else { return nil }
    var options: [String] = []
    var mark = 0
    for line in lines[first..<hint] {
      guard let found = option(line), found.number == options.count + 1 else { continue }
      if found.isMarked { mark = options.count }
      options.append(found.label)
    }
    let (question, detail) = question(above: lines[..<first])
    return Dialog(question: question, detail: detail, options: options, marked: mark)
  }

  /// Codex asks first and shows below it what about; others ask in the line above the answers.
  private static func question(above lines: ArraySlice<String>) -> (question: String?, detail: String?) {
    if let asked = lines.lastIndex(where: { trimmed($0).hasPrefix("Would you like to ") }) {
      let about = lines[(asked + 1)...].map(trimmed).filter { !$0.isEmpty }.joined(separator: "\n")
      return (trimmed(lines[asked]), about.isEmpty ? nil : about)
    }
    return (lines.suffix(4).last { line in line.contains(where: \.isLetter) }.map(trimmed), nil)
  }

  /// A list of answers without numbers, one of them marked, with a blank line and the keys that end it below.
  private static func bareDialog(_ lines: [String]) -> Dialog? {
    guard let marked = lines.lastIndex(where: { $0.drop { $0 == " " }.first == "❯" }) else { return nil }
    let indent = lines[marked].prefix { $0 == " " }.count + 2
    func isAnswer(_ index: Int) -> Bool {
      lines.indices.contains(index) && lines[index].prefix { $0 == " " }.count == indent
        && lines[index].count > indent
    }
    var (first, last) = (marked, marked)
    while isAnswer(first - 1) { first -= 1 }
    while isAnswer(last + 1) { last += 1 }
    // Below a rule it is the agent's input.
    guard first > 0, !isRule(lines[first - 1]), first < last, last + 2 < lines.count, lines[last + 1].isEmpty,
      hints.contains(where: { lines[last + 2].contains($0) })
    else { return nil }
    let (question, detail) = question(above: lines[..<first])
    return Dialog(
      question: question, detail: detail, options: lines[first...last].map { trimmed($0.dropFirst(indent)) },
      marked: marked - first)
  }

  private static let hints = [
    "Esc to cancel", "Esc to exit", "Enter to select", "Enter to confirm", "esc to cancel",
    "enter to confirm", "enter to select", "enter to submit", "enter to continue",
  ]

  /// `❯ 2. No`
  private static func option(_ line: String) -> (number: Int, label: String, isMarked: Bool)? {
    var rest = line.drop { $0.isWhitespace || $0 == "│" }
    let isMarked = rest.first.map { "❯›●".contains($0) } ?? false
    if isMarked { rest = rest.dropFirst().drop { $0.isWhitespace } }
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits), rest.dropFirst(digits.count).first == "." else { return nil }
    return (number, trimmed(rest.dropFirst(digits.count + 1)), isMarked)
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    var text = Substring(text).drop { $0.isWhitespace || $0 == "│" }
    while let last = text.last, last.isWhitespace || last == "│" { text.removeLast() }
    return String(text)
  }
}
