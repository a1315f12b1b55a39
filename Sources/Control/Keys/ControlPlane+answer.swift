import StreamServer
import Tail
import Wire

/// What a client answers to a question: a number, a label, or a word for yes or no. A value.
enum ChosenAnswer: Equatable {
  case option(Int)
  case label(String)
  case allow
  case allowAlways
  case deny

  private static let words: [String: ChosenAnswer] = [
    "allow": .allow, "allowed": .allow, "approve": .allow, "approved": .allow, "accept": .allow,
    "yes": .allow,
    "true": .allow, "always": .allowAlways, "allow_always": .allowAlways,
    "approved_for_session": .allowAlways,
    "deny": .deny, "denied": .deny, "reject": .deny, "rejected": .deny, "no": .deny, "false": .deny,
    "cancel": .deny, "abort": .deny,
  ]

  /// Reads `option` (a number from 1), or `answer` with its aliases.
  init(_ body: Body) throws(Problem) {
    if let number = try body.number("option", in: 1...99) {
      self = .option(number)
    } else if let flag = body.value("approved", "allow")?.bool {
      self = flag ? .allow : .deny
    } else if let text = try body.text("answer", "decision", "response", "value", "text", maximum: 1000) {
      if let number = Int(text), (1...99).contains(number) {
        self = .option(number)
      } else {
        self = Self.words[text.lowercased()] ?? .label(text)
      }
    } else {
      throw body.invalid("answer", "is missing; a label, allow, deny, or option with a number from 1")
    }
  }

  /// What an answer says that holds for more than this once.
  private static let lasting = ["always", "don't ask again", "for this session", "for this conversation"]

  /// The place of the answer among the options, from 0; nil for none of them.
  func index(in options: [String]) -> Int? {
    let lower = options.map { $0.lowercased() }
    switch self {
    case .option(let number): return number <= options.count ? number - 1 : nil
    case .label(let text): return lower.firstIndex(of: text.lowercased())
    case .allow:
      return lower.firstIndex { $0.hasPrefix("yes") || $0.hasPrefix("allow") || $0.hasPrefix("approve") }
    case .allowAlways:
      return lower.firstIndex { option in Self.lasting.contains { option.contains($0) } }
    case .deny:
      return lower.firstIndex { $0.hasPrefix("no") || $0.hasPrefix("deny") || $0.hasPrefix("reject") }
    }
  }
}

extension ControlPlane {
  /// `POST sessions/{id}/answer`
  func answerQuestion(_ call: Call) async throws(Problem) -> Reply {
    let answer = try ChosenAnswer(try call.body())
    let entry = try await session(call.id)
    let label = try await self.answer(answer, entry.id, request: call.captures["rid"])
    var writer = JSONWriter()
    writer.object { json in
      json.field("status", "answered")
      json.field("session_id", entry.id)
      json.fieldOrNull("option", label)
    }
    return .response(.json(writer.take()))
  }

  /// `GET sessions/{id}/pending`
  func showPending(_ call: Call) async throws(Problem) -> Reply {
    let entry = try await session(call.id)
    let recipient = try await running(entry.id)
    let screen = try await look(recipient)
    let tool = activities[entry.id]?.toolName
    var writer = JSONWriter()
    writer.object { json in
      json.field("session_id", entry.id)
      json.key("pending")
      if case .dialog(let dialog) = screen.input {
        dialog.write(into: &json, tool: tool)
      } else {
        json.null()
      }
    }
    return .response(.json(writer.take()))
  }

  /// Chooses an option of the open question; its label, or nil when the question was cancelled.
  func answer(_ answer: ChosenAnswer, _ id: String, request: String?) async throws(Problem) -> String? {
    let recipient = try await running(id)
    guard let dialog = try await question(id, recipient),
      request.map({ $0 == "current" || $0 == dialog.id }) ?? true
    else { throw Self.nothingToAnswer(id, request) }
    guard let wanted = answer.index(in: dialog.options) else {
      if answer == .deny {
        try await press([.escape], recipient)
        return nil
      }
      let options = dialog.options.joined(separator: ", ")
      throw .invalid("answer", "must be one of the options: \(options); or its number")
    }
    // Step by step: what is marked is looked at before Enter, so that no other answer is given.
    for _ in 0..<(2 * dialog.options.count + 10) {
      guard case .dialog(let now) = try await look(recipient).input, now.id == dialog.id else {
        throw Self.nothingToAnswer(id, request)
      }
      if now.marked == wanted {
        try await press([.enter], recipient)
        try await gone(dialog, wanted, recipient)
        return dialog.options[wanted]
      }
      try await press([now.marked < wanted ? .down : .up], recipient)
      await messages.pause(.milliseconds(60))
    }
    throw Problem(.notTaken, "the agent does not move between the options of its question")
  }

  /// The question on the screen. An agent's hook tells that it asks before it has drawn the question.
  private func question(_ id: String, _ recipient: Recipient) async throws(Problem) -> AgentScreen.Dialog? {
    for _ in 0..<60 {
      if case .dialog(let dialog) = try await look(recipient).input { return dialog }
      let reported = activities[id].flatMap { AgentActivity.states[$0.state] }
      guard reported == .waitingInput else { return nil }
      await messages.pause(.milliseconds(50))
    }
    return nil
  }

  /// Presses Enter again until the question is gone.
  private func gone(_ dialog: AgentScreen.Dialog, _ wanted: Int, _ recipient: Recipient) async throws(Problem)
  {
    for look in 1...80 {
      await messages.pause(.milliseconds(50))
      guard case .dialog(let now) = try await self.look(recipient).input, now.id == dialog.id else { return }
      // An agent that has only just drawn its question does not hear the first Enter.
      if look % 15 == 0, now.marked == wanted { try await press([.enter], recipient) }
    }
    throw Problem(.notTaken, "the agent did not take the answer")
  }

  private static func nothingToAnswer(_ id: String, _ request: String?) -> Problem {
    Problem(.nothingToAnswer, "the session's agent asks nothing\(request == nil ? "" : " under this id") now")
    { json in
      json.field("session_id", id)
      json.fieldIfPresent("request_id", request)
    }
  }
}

extension AgentScreen.Dialog {
  /// The same question has the same id wherever it is asked.
  var id: String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in ([question ?? "", detail ?? ""] + options).joined(separator: "\n").utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    return "q-" + String(hash, radix: 16)
  }

  /// `{id, question, detail?, options[{number, label}], marked, tool_name}`
  func write(into json: inout JSONWriter, tool: String?) {
    json.object { json in
      json.field("id", id)
      json.fieldOrNull("question", question)
      json.fieldIfPresent("detail", detail)
      json.fieldOrNull("tool_name", tool)
      json.key("options")
      json.array { json in
        for (index, label) in options.enumerated() {
          json.object { json in
            json.field("number", index + 1)
            json.field("label", label)
          }
        }
      }
      json.field("marked", marked + 1)
    }
  }
}
