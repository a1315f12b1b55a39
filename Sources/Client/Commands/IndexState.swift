import Wire

/// How far a server's search index is, by its `/health` (API.md section 1).
struct IndexState {
  /// `idle`, `indexing`, `failing` or `off`.
  var status: String
  var reason: String?
  var files: Int
  var filesDone: Int

  init?(health: JSONSlice?) {
    guard let search = health?["search"], let status = search["status"]?.string else { return nil }
    self.status = status
    reason = search["reason"]?.string
    files = search["files"]?.int.flatMap { Int(exactly: $0) } ?? 0
    filesDone = search["files_done"]?.int.flatMap { Int(exactly: $0) } ?? 0
  }

  /// What a search cannot have found; nil when the index is complete.
  var remark: String? {
    switch status {
    case "indexing": "\(filesDone) of \(files) transcripts are indexed so far"
    case "failing": "the search index is incomplete: \(VisibleText.line(reason ?? "unknown"))"
    case "off": "transcripts are not indexed (search.enabled is false)"
    default: nil
    }
  }
}

extension TailcastCommand {
  /// Time between two looks at a growing index, in milliseconds: short at first, for most have little to read, then
  /// so long that looking costs nothing.
  private static let steps = (first: 10, last: 500)

  /// The answer to a query that the search index is asked for. A server of the command's own has to read what is
  /// new first: nobody else has done so for it.
  func search(
    _ path: String, query: [(String, String)], _ access: ServerAccess
  ) throws(CommandFailure) -> [UInt8] {
    var body = try access.read(path, query: query)
    var state = try indexState(access)
    if access.isPrivate, state?.status == "indexing" {
      if let state { output.note("indexing \(state.files - state.filesDone) transcripts first") }
      var step = Self.steps.first
      while state?.status == "indexing" {
        if !interruption.pause(milliseconds: step) { throw CommandFailure(.interrupted) }
        step = min(step * 2, Self.steps.last)
        state = try indexState(access)
      }
      body = try access.read(path, query: query)
    }
    if let remark = state?.remark { output.note(remark) }
    return body
  }

  private func indexState(_ access: ServerAccess) throws(CommandFailure) -> IndexState? {
    IndexState(health: try access.connection()?.reply("/health").json)
  }
}
