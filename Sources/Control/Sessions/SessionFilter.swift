import StreamServer
import Tail

/// Which sessions a list shows. A value made of the parameters of `GET sessions`.
struct SessionFilter {
  var statuses: Set<String> = []
  var agents: Set<String> = []
  var isActive: Bool?
  var isClosed: Bool?
  var isSubagent: Bool?
  var project: String?
  /// What discovered sessions do not have was asked for.
  var matchesNothing = false
  /// The sessions that a search found.
  var ids: Set<String>?
  /// The sessions that the caller may see; nil for all.
  var isSeen: ((String) -> Bool)?

  init(_ call: Call, computer: String) {
    statuses = Set(call.words("status"))
    agents = Set(call.words("agent"))
    isActive = call.flag("active")
    isSubagent = call.text("kind").map { $0 == "subagent" }
    project = call.text("project_id") ?? call.text("project")
    if call.flag("all") != true {
      isClosed = call.flag("closed") ?? (statuses.contains("closed") ? nil : false)
    }
    matchesNothing =
      call.text("mode") != nil || !call.words("tags").isEmpty
      || (call.text("computer") ?? computer) != computer
  }

  func passes(_ row: SessionIndex.Row) -> Bool {
    if matchesNothing { return false }
    if let isClosed, (row.status == .closed) != isClosed { return false }
    if let isActive, (row.status == .active) != isActive { return false }
    if let isSubagent, row.isSubagent != isSubagent { return false }
    if !statuses.isEmpty, !statuses.contains(row.status.rawValue) { return false }
    if !agents.isEmpty, !agents.contains(row.agent.rawValue) { return false }
    if let project, row.cwd != project { return false }
    if let ids, !ids.contains(row.id) { return false }
    if let isSeen, !isSeen(row.id) { return false }
    return true
  }
}
