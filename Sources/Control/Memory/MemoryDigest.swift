import Wire

/// The memory as text that is put before an agent: markdown, newest first within a project, never over its budget.
struct MemoryDigest: Sendable {
  /// Newest first.
  var memories: [Memory]
  /// Most characters of the text.
  var budget: Int

  /// The text; empty when nothing is remembered.
  var markdown: String {
    var left = budget - Self.head.unicodeScalars.count
    var kept: [(project: String, items: [String])] = []
    var omitted = 0
    for memory in memories {
      let item = Self.item(memory)
      let index = kept.firstIndex { $0.project == memory.project }
      let heading = index == nil ? Self.heading(memory.project).unicodeScalars.count : 0
      let cost = item.unicodeScalars.count + heading
      // Room for the line that tells what was left out.
      guard left - cost >= 64 else {
        omitted += 1
        continue
      }
      left -= cost
      if let index {
        kept[index].items.append(item)
      } else {
        kept.append((memory.project, [item]))
      }
    }
    guard !kept.isEmpty || omitted > 0 else { return "" }
    var text = Self.head
    for (project, items) in kept { text += Self.heading(project) + items.joined() }
    if omitted > 0 { text += "\n\(omitted) more did not fit.\n" }
    return text
  }

  private static let head = "# Memory\n"

  private static func heading(_ project: String) -> String { "\n## \(line(project))\n\n" }

  private static func item(_ memory: Memory) -> String {
    let day = Timestamp.text(memory.createdMS).prefix(10)
    var text = "- **\(line(memory.title))** (\(memory.type), \(day), #\(memory.id))\n"
    if line(memory.text) != line(memory.title) {
      for part in memory.text.split(whereSeparator: \.isNewline) { text += "  \(line(part))\n" }
    }
    for fact in memory.facts.elements.compactMap(\.string) { text += "  - \(line(fact))\n" }
    return text
  }

  /// One line: what is remembered must not be able to begin a section of its own.
  private static func line(_ text: some StringProtocol) -> String {
    var kept = text.unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control || scalar.value == 0x2028 || scalar.value == 0x2029
        ? " " : scalar
    }[...]
    while kept.first == " " { kept.removeFirst() }
    while kept.last == " " { kept.removeLast() }
    return String(String.UnicodeScalarView(kept))
  }
}
