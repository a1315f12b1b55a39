import Wire

extension TailcastCommand {
  /// `tailcast search`.
  func search(_ query: SearchQuery, _ access: ServerAccess) throws(CommandFailure) {
    let parameters = [("q", query.words), ("limit", "\(query.limit)")]
    let body = try search("/api/v1/search", query: parameters, access)
    guard let answer = JSONSlice(validating: body), let results = answer["results"]?.elements else {
      throw CommandFailure(.failed, "the results cannot be read")
    }
    if access.json { return output.line(json: body) }
    if results.isEmpty { return output.note("nothing found") }
    for result in results {
      let id: String = result["session_id"]?.string ?? result["id"]?.string ?? ""
      let title: String = result["title"]?.string ?? ""
      output.line(VisibleText.line(id) + "  " + VisibleText.clipped(VisibleText.line(title), to: 80))
      let highlights = (result["highlights"]?.elements ?? []).compactMap { $0.string ?? $0["text"]?.string }
      let excerpts = highlights.isEmpty ? [result["description"]?.string].compactMap { $0 } : highlights
      for excerpt in excerpts { output.line("  " + VisibleText.clipped(VisibleText.line(excerpt), to: 200)) }
    }
  }
}
