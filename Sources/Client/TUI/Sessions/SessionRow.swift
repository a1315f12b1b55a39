import Wire

/// A session as the list shows it. A value.
struct SessionRow: Equatable {
  let id: String
  var title = ""
  var agent = ""
  var status = ""
  var activity: String?
  var project = ""
  var lastMessage = ""
  var updated: Timestamp?
  var isPinned = false
  var isHidden = false
  /// The object as the server has it, for the details.
  var json: JSONSlice

  static func == (left: SessionRow, right: SessionRow) -> Bool {
    left.id == right.id && left.json.bytes == right.json.bytes && left.status == right.status
      && left.activity == right.activity && left.updated == right.updated
  }

  /// A session object of the API; nil for something else.
  init?(_ json: JSONSlice) {
    guard let id = json["id"]?.string else { return nil }
    self.id = id
    self.json = json.detached()
    lastMessage = GridText.firstLine(json["last_message"]?.string ?? "")
    title = GridText.firstLine(json["title"]?.string ?? "")
    agent = GridText.line(json["agent"]?.string ?? "")
    status = json["status"]?.string ?? ""
    activity = json["activity"]?.string
    project = GridText.line(json["project_path"]?.string ?? "")
    updated = (json["updated_at"]?.string).flatMap { Timestamp($0) }
    isPinned = json["pinned"]?.bool ?? false
    isHidden = json["kind"]?.string == "subagent" || json["archived"]?.bool == true
  }

  /// What it is called: its title, else what was said last, else its id.
  var name: String { !title.isEmpty ? title : lastMessage.isEmpty ? id : lastMessage }

  var isWaiting: Bool { status == "waiting_input" || activity == "waiting" }

  /// The sign of its status.
  var sign: Span {
    if isWaiting { return Span("?", .warning) }
    switch status {
    case "active", "initializing": return Span("●", .good)
    case "failed", "unreadable": return Span("✗", .bad)
    case "closed", "closing", "exited": return Span("×", .quiet)
    default: return Span("○", .quiet)
    }
  }

  /// Whether all words stand somewhere in what is shown of it.
  func matches(_ words: [String]) -> Bool {
    let text = [title, lastMessage, agent, status, isWaiting ? "waiting" : "", project, id]
      .joined(separator: "\n").lowercased()
    return words.allSatisfy { text.contains($0) }
  }
}
