import Wire

/// What a tool was given, as people read it. A value.
struct ToolInput {
  let input: JSONSlice?

  /// Lines of a changed file that are compared; beyond it both texts are shown whole.
  private static let mostCompared = 400
  /// Members that say in one line what a call does, the telling ones first.
  private static let telling: [StaticString] = [
    "command", "cmd", "script", "file_path", "path", "notebook_path", "absolute_path", "pattern", "query",
    "url",
    "description", "prompt", "question", "skill", "name",
  ]

  /// One line that says what is done.
  var summary: String {
    guard let input else { return "" }
    guard input.kind == .object else { return GridText.firstLine(Self.text(input)) }
    for key in Self.telling {
      if let value = input[key], !Self.text(value).isEmpty { return GridText.firstLine(Self.text(value)) }
    }
    let questions = input["questions"]?.elements.first?["question"]?.string
    return GridText.firstLine(questions ?? input.description)
  }

  /// All of it: what a file loses and gains, or each member by its name.
  var lines: [Span] {
    guard let input else { return [] }
    guard input.kind == .object else { return plain(Self.text(input)) }
    var spans: [Span] = []
    input.forEachMember { key, value in
      if key == "old_string" || key == "new_string" { return }
      let text = Self.text(value)
      if text.contains("\n") {
        spans.append(Span(GridText.line(key) + ":", .quiet))
        spans += plain(text)
      } else {
        spans.append(Span(GridText.line("\(key): \(text)")))
      }
    }
    if let old = input["old_string"]?.string, let new = input["new_string"]?.string {
      spans += difference(old, new)
    }
    return spans
  }

  private func plain(_ text: String) -> [Span] {
    GridText.of(text).split(separator: "\n", omittingEmptySubsequences: false).map { Span(String($0)) }
  }

  private func difference(_ old: String, _ new: String) -> [Span] {
    func count(_ text: String) -> Int { text.utf8.count { $0 == 0x0a } }
    if count(old) > Self.mostCompared || count(new) > Self.mostCompared {
      return plain(old).map { Span("-" + $0.text, .removed) } + plain(new).map { Span("+" + $0.text, .added) }
    }
    return LineDiff(Array(old.utf8), Array(new.utf8)).text().map { line in
      let role: Style.Role =
        switch line.first {
        case "-": .removed
        case "+": .added
        default: .plain
        }
      return Span(GridText.of(line), role)
    }
  }

  /// A value as text: strings as they are, words of a command with blanks.
  private static func text(_ value: JSONSlice) -> String {
    switch value.kind {
    case .string: value.string ?? ""
    case .array where value.elements.allSatisfy { $0.kind == .string }:
      value.elements.compactMap(\.string).joined(separator: " ")
    default: value.description
    }
  }
}
