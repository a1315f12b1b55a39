import Store

/// What a search found, gathered by session: the best match of a session decides its place.
struct SessionSearch: Sendable {
  /// Sessions, best first, with their best matches.
  var results: [(id: String, highlights: [Highlight])] = []
  /// How many sessions match.
  var total = 0

  /// Matches shown of one session.
  private static let highlightsPerSession = 3
  /// Messages looked at in one step; a session with many matches must not hide the others.
  private static let step = 200
  /// Most steps.
  private static let steps = 5

  /// Searches titles and messages of the sessions that the caller may see: all of them without `seen`.
  static func run(
    _ query: String, limit: Int, seen: Set<String>?, in store: Store
  ) async throws(StoreError) -> SessionSearch {
    var found = SessionSearch()
    var matching = try await store.sessionIDs(matching: query)
    if let seen { matching.formIntersection(seen) }
    found.total = matching.count
    var places: [String: Int] = [:]
    for hit in try await store.searchTitles(query, limit: limit) where seen?.contains(hit.sessionID) != false
    {
      found.add(hit.sessionID, Highlight(marked: hit.title, field: "title"), &places, limit: limit)
    }
    for number in 0..<steps where places.count < min(limit, matching.count) || number == 0 {
      let page = try await store.search(query, limit: step, offset: number * step)
      for hit in page.hits where seen?.contains(hit.sessionID) != false {
        found.add(hit.sessionID, Highlight(hit), &places, limit: limit)
      }
      if page.hits.count < step { break }
    }
    for id in matching.sorted() where found.results.count < limit && places[id] == nil {
      let best = try await store.search(query, sessionID: id, limit: highlightsPerSession)
      for hit in best.hits { found.add(id, Highlight(hit), &places, limit: limit) }
    }
    return found
  }

  private mutating func add(_ id: String, _ highlight: Highlight, _ places: inout [String: Int], limit: Int) {
    if let place = places[id] {
      if results[place].highlights.count < Self.highlightsPerSession {
        results[place].highlights.append(highlight)
      }
    } else if results.count < limit {
      places[id] = results.count
      results.append((id, [highlight]))
    }
  }
}
