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
  var mode: String?
  var tags: Set<String> = []
  /// Sessions of another machine were asked for.
  var isElsewhere = false
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
    mode = call.text("mode")
    tags = Set(call.words("tags"))
    isElsewhere = (call.text("computer") ?? computer) != computer
  }

  func passes(_ row: SessionIndex.Row) -> Bool {
    if isElsewhere { return false }
    if let isClosed, (row.status == "closed") != isClosed { return false }
    if let isActive, (row.status == "active") != isActive { return false }
    if let isSubagent, (row.parent != nil) != isSubagent { return false }
    if !statuses.isEmpty, !statuses.contains(row.status) { return false }
    if !agents.isEmpty, !agents.contains(row.agent) { return false }
    if let project, row.project != project, row.projectID != project { return false }
    if let mode, row.mode != mode { return false }
    if !tags.isSubset(of: row.tags) { return false }
    if let ids, !ids.contains(row.id) { return false }
    if let isSeen, !isSeen(row.id) { return false }
    return true
  }
}
