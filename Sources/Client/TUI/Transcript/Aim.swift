import CLinux

/// What is looked for in a transcript. A value.
enum Aim: Equatable {
  /// A text, without regard to case.
  case text(String)
  /// Failed calls, failures of the agent, damage.
  case error
  /// What the agent asks the user.
  case question
  /// What the user said.
  case prompt

  /// What is said of it when there is none.
  var name: String {
    switch self {
    case .text(let text): "“\(GridText.line(text))”"
    case .error: "error"
    case .question: "question"
    case .prompt: "message of yours"
    }
  }

  /// Whether an item holds one.
  func matches(_ item: TranscriptItem) -> Bool {
    switch self {
    case .text(let text):
      if case .mark = item.kind { return false }
      return item.blocks.contains { Self.holds($0.searched, text) }
    case .error:
      if case .mark(_, let isBad) = item.kind { return isBad }
      return item.isError || item.blocks.contains(where: \.isFailed)
    case .question: return item.blocks.contains(where: \.isQuestion)
    case .prompt: return item.isPrompt
    }
  }

  /// Whether a block is one; nil where the whole item is.
  func matches(_ block: Block, of item: TranscriptItem) -> Bool? {
    switch self {
    case .text(let text): return Self.holds(block.searched, text)
    case .error: return item.blocks.contains(where: \.isFailed) ? block.isFailed : nil
    case .question: return block.isQuestion
    case .prompt: return nil
    }
  }

  private static func holds(_ text: String, _ wanted: String) -> Bool {
    let (bytes, needle) = (Array(text.lowercased().utf8), Array(wanted.lowercased().utf8))
    if needle.isEmpty || bytes.isEmpty { return false }
    return bytes.withUnsafeBytes { bytes in
      needle.withUnsafeBytes { needle in
        guard let base = bytes.baseAddress, let wanted = needle.baseAddress else { return false }
        return tc_find(base, bytes.count, wanted, needle.count) != nil
      }
    }
  }

  /// Where a text stands in a line: columns of it.
  static func columns(of wanted: String, in line: String) -> [Range<Int>] {
    let needle = wanted.lowercased().map { $0 }
    let characters = Array(line)
    guard !needle.isEmpty, characters.count >= needle.count else { return [] }
    let lower = characters.map { $0.lowercased() }
    let widths = characters.map { GridText.width(String($0)) }
    var found: [Range<Int>] = []
    var column = 0
    for index in characters.indices {
      if index + needle.count <= characters.count,
        needle.indices.allSatisfy({ lower[index + $0] == String(needle[$0]) })
      {
        found.append(column..<(column + widths[index..<(index + needle.count)].reduce(0, +)))
      }
      column += widths[index]
    }
    return found
  }
}
