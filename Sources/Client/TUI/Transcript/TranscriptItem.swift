import Wire

/// What stands in one piece in a transcript: a message, or a mark between messages. A value.
struct TranscriptItem {
  enum Role: String { case user, assistant, system }

  enum Kind {
    case message(Role)
    /// A line of its own; whether it is a failure.
    case mark(String, isBad: Bool)
  }

  let kind: Kind
  /// The record's position; nil for what has none.
  let id: String?
  var uuid: String?
  var timestamp: Timestamp?
  var model: String?
  var author: String?
  var usage: JSONSlice?
  var isSidechain = false
  var isQueued = false
  var isError = false
  var blocks: [Block] = []
  /// Changes with everything that changes how it looks; no two items ever had the same.
  var version = 0

  /// A mark.
  init(mark: String, isBad: Bool = false, id: String?) {
    kind = .mark(mark, isBad: isBad)
    self.id = id
  }

  /// A message (STREAMS section 7).
  init(message json: JSONSlice, id: String?, blocks: [Block]) {
    kind = .message(json["role"]?.string.flatMap { Role(rawValue: $0) } ?? .system)
    self.id = id
    self.blocks = blocks
    uuid = json["uuid"]?.string
    timestamp = json["timestamp"]?.string.flatMap { Timestamp($0) }
    model = json["model"]?.string
    author = json["author"]?.string
    usage = json["usage"]?.detached()
    isSidechain = json["sidechain"]?.bool ?? false
    isQueued = json["queued"]?.bool ?? false
    isError = json["is_error"]?.bool ?? false
  }

  var isMessage: Bool { if case .message = kind { true } else { false } }

  /// Whether it is something that the user said.
  var isPrompt: Bool {
    if case .message(.user) = kind { !isSidechain && blocks.contains { $0.kind == .text } } else { false }
  }

  /// Bytes that it holds.
  var weight: Int { blocks.reduce(200) { $0 + $1.weight } }
}
