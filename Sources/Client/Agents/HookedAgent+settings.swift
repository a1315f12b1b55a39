import Wire

extension HookedAgent {
  /// The settings with our hooks, each once, and everything else as it was.
  /// - Parameter words: what the agent is to run; nil takes ours away.
  func hooks(_ text: [UInt8], running words: [String]?) throws(JSONEdit.Fault) -> [UInt8] {
    let edit = try JSONEdit(text)
    let before = edit["hooks"]
    guard before == nil || before?.members != nil else {
      throw JSONEdit.Fault(reason: "has hooks that are no object; nothing was changed")
    }
    var events = (before?.members ?? []).compactMap(withoutOurs)
    if let words {
      for event in events where self.events.contains(event.key) && event.value.elements == nil {
        throw JSONEdit.Fault(reason: "has hooks.\(event.key) that is no list; nothing was changed")
      }
      for name in self.events {
        if let index = events.firstIndex(where: { $0.key == name }) {
          events[index].value = .array((events[index].value.elements ?? []) + [group(words)])
        } else {
          events.append(.init(key: name, value: .array([group(words)])))
        }
      }
    }
    // Hooks that were empty before we came stay so.
    let isGone = events.isEmpty && before?.members?.isEmpty != true
    let after: JSONTree? = isGone ? nil : .object(events)
    return after == before ? text : edit.setting("hooks", to: after)
  }

  private func group(_ words: [String]) -> JSONTree {
    var hook: [JSONTree.Member] = [
      .init(key: "type", value: .text("command")),
      .init(key: "command", value: .text(ShellQuoting.line(words))),
      .init(key: "timeout", value: .plain("\(timeout)")),
    ]
    if self == .gemini { hook.insert(.init(key: "name", value: .text("tailcast")), at: 0) }
    return .object([.init(key: "hooks", value: .array([.object(hook)]))])
  }

  /// An event without our hooks; nil if it had no others.
  private func withoutOurs(_ event: JSONTree.Member) -> JSONTree.Member? {
    guard let groups = event.value.elements else { return event }
    var others: [JSONTree] = []
    for group in groups {
      guard let members = group.members, let hooks = group["hooks"]?.elements, hooks.contains(where: isOurs)
      else {
        others.append(group)
        continue
      }
      let rest = hooks.filter { !isOurs($0) }
      guard !rest.isEmpty else { continue }
      others.append(
        .object(members.map { $0.key == "hooks" ? .init(key: $0.key, value: .array(rest)) : $0 }))
    }
    return others.isEmpty && !groups.isEmpty ? nil : .init(key: event.key, value: .array(others))
  }

  private func isOurs(_ hook: JSONTree) -> Bool {
    hook["command"]?.string?.hasSuffix(" " + mark.joined(separator: " ")) == true
  }
}

/// The line `notify = […]` of Codex's settings, which names one program and no more.
enum NotifyLine {
  /// What came of it.
  enum Outcome: Equatable {
    case text([UInt8])
    /// Another program is named already, and stays.
    case taken
  }

  /// The settings with our line before everything else, where no table has begun; or, without words, without it.
  static func edit(_ text: [UInt8], agent: HookedAgent, running words: [String]?) -> Outcome {
    let mark = agent.mark.map { JSONSlice(string: $0).description }.joined(separator: ", ") + "]"
    let lines = text.split(separator: 0x0a, omittingEmptySubsequences: false)
    let rest = lines.filter { line in
      let line = String(decoding: line, as: UTF8.self)
      return !(line.hasPrefix("notify = [") && line.hasSuffix(mark))
    }
    guard let words else { return .text(Array(rest.joined(separator: [0x0a]))) }
    // Named twice it would be an error of the whole file, so a doubt counts as taken.
    let isTaken = rest.contains { line in
      let name = String(decoding: line.prefix { $0 != 0x3d }, as: UTF8.self).trimmingBlanks
      return line.contains(0x3d) && ["notify", "\"notify\"", "'notify'"].contains(String(name))
    }
    if isTaken { return .taken }
    let list = words.map { JSONSlice(string: $0).description }.joined(separator: ", ")
    return .text(Array("notify = [\(list)]\n".utf8) + Array(rest.joined(separator: [0x0a])))
  }
}
