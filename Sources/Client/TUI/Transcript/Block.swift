import Wire

/// A part of a message as it is held and shown. A value; its texts are as they came.
struct Block {
  enum Kind { case text, thinking, call, result, media, other }

  let kind: Kind
  /// The text, what a tool answered, or the name of a kind that is not known here.
  var text = ""
  /// The tool, or the type of a medium.
  var name = ""
  /// What the tool was given.
  var input: JSONSlice?
  /// What joins a call and its answer.
  var callID: String?
  var isError = false
  /// Bytes that the server left out of it.
  var leftOut: Int64?
  /// The answer to a call.
  var answer: Answer?
  /// What a running tool says.
  var progress: String?
  /// The session of the sub-agent that a call has started.
  var child: String?
  /// Whether it is unfolded; nil as all are.
  var isOpen: Bool?

  /// What a tool has answered to a call.
  struct Answer {
    var text: String
    var isError: Bool
    var leftOut: Int64?
  }

  /// A block of a message (STREAMS section 7); nil for one that says nothing.
  init?(_ json: JSONSlice) {
    let type = json["type"]?.string ?? ""
    switch type {
    case "text":
      kind = .text
      text = json["text"]?.string ?? ""
    case "thinking":
      kind = .thinking
      name = "Thought"
      text = json["text"]?.string ?? ""
      if text.allSatisfy(\.isWhitespace) { return nil }
    case "tool_use":
      kind = .call
      name = json["name"]?.string ?? "tool"
      input = json["input"]?.detached()
      callID = json["id"]?.string
    case "tool_result":
      kind = .result
      text = ResultText.of(json["content"])
      callID = json["tool_use_id"]?.string
      isError = json["is_error"]?.bool ?? false
    case "image", "document":
      kind = .media
      text = type
      name = json["media_type"]?.string ?? "unknown type"
      leftOut = json["bytes"]?.int
      return
    default:
      kind = .other
      text = type
    }
    if json["truncated"]?.bool == true { leftOut = json["bytes"]?.int }
  }

  /// What a compaction has kept of what was before it.
  init(summary: String) {
    kind = .thinking
    name = "Summary"
    text = summary
  }

  /// Whether the agent asks the user by it.
  var isQuestion: Bool { kind == .call && Self.questions.contains(name.lowercased()) }

  /// The tools by which agents ask.
  private static let questions: Set<String> = [
    "askuserquestion", "ask_user_question", "ask_user", "ask_followup_question", "exitplanmode",
    "exit_plan_mode",
    "request_user_input",
  ]

  var isFailed: Bool { isError || answer?.isError == true }

  /// Bytes that it holds.
  var weight: Int { text.utf8.count + (input?.utf8Count ?? 0) + (answer?.text.utf8.count ?? 0) + 200 }

  /// All that is searched in.
  var searched: String {
    [text, name, input?.description ?? "", answer?.text ?? ""].filter { !$0.isEmpty }.joined(separator: "\n")
  }
}
