extension StoreReader {
  /// Messages in which every word of `query` occurs, the last letters of a word may be missing; best first.
  ///
  /// No input is an error; without a word there are no hits. Only the `StoreLimits.rankedMatches` newest matches
  /// are ranked, pages beyond them are empty.
  /// - Parameter sessionID: nil for all sessions.
  /// - Parameter nowMS: the time from which a message's age is counted, milliseconds since 1970.
  public func search(
    _ query: String, sessionID: String? = nil, limit: Int, offset: Int = 0,
    nowMS: Int64 = WallClock.milliseconds()
  ) throws(StoreError) -> SearchPage {
    guard let expression = SearchExpression(query, words: limits.searchWords).text else {
      return SearchPage(total: 0, hits: [])
    }
    // The count, the order and the snippets are three reads of one state.
    return try snapshot { () throws(StoreError) in
      let total = try countMatches(expression, sessionID: sessionID)
      guard total > offset, limit > 0 else { return SearchPage(total: total, hits: []) }
      let matches = try rankedMatches(
        expression, sessionID: sessionID, limit: limit, offset: offset, nowMS: nowMS)
      var hits: [SearchHit] = []
      for match in matches {
        // Snippets only of the page: FTS5 reads and tokenizes the whole text for each.
        if let hit = try hit(match, expression) { hits.append(hit) }
      }
      return SearchPage(total: total, hits: hits)
    }
  }

  /// Sessions whose title has every word of `query`, best first.
  public func searchTitles(_ query: String, limit: Int) throws(StoreError) -> [TitleHit] {
    guard let expression = SearchExpression(query, words: limits.searchWords).text else { return [] }
    return try database.query(
      """
      SELECT s.id, highlight(titles_fts, 0, char(2), char(3)), bm25(titles_fts) AS rank
      FROM titles_fts CROSS JOIN sessions s ON s.num = titles_fts.rowid
      WHERE titles_fts MATCH ? ORDER BY rank, s.updated_ms DESC LIMIT ?
      """, expression, limit
    ) { TitleHit(sessionID: $0.text(0), title: $0.text(1), rank: $0.double(2)) }
  }

  /// The sessions whose title or messages match, for the filter of a list; in no order.
  public func sessionIDs(matching query: String) throws(StoreError) -> Set<String> {
    guard let expression = SearchExpression(query, words: limits.searchWords).text else { return [] }
    return try Set(
      database.query(
        """
        SELECT s.id FROM titles_fts CROSS JOIN sessions s ON s.num = titles_fts.rowid WHERE titles_fts MATCH ?1
        UNION
        SELECT i.session_id FROM indexed i WHERE i.num IN (
          SELECT m.file FROM messages_fts CROSS JOIN messages m ON m.num = messages_fts.rowid
          WHERE messages_fts MATCH ?1)
        """, expression
      ) { $0.text(0) })
  }

  private static let ofSession = "m.file IN (SELECT num FROM indexed WHERE session_id = ?2)"

  private func countMatches(_ expression: String, sessionID: String?) throws(StoreError) -> Int {
    guard let sessionID else {
      return try database.first("SELECT count(*) FROM messages_fts WHERE messages_fts MATCH ?", expression) {
        $0.int(0)
      } ?? 0
    }
    return try database.first(
      """
      SELECT count(*) FROM messages_fts CROSS JOIN messages m ON m.num = messages_fts.rowid
      WHERE messages_fts MATCH ?1 AND \(Self.ofSession)
      """, expression, sessionID
    ) { $0.int(0) } ?? 0
  }

  private struct Match {
    var num: Int64
    var rank: Double
  }

  /// BM25 is negative, a better match further from zero; a message of today weighs half as much again, one of 30
  /// days a quarter.
  private func rankedMatches(
    _ expression: String, sessionID: String?, limit: Int, offset: Int, nowMS: Int64
  ) throws(StoreError) -> [Match] {
    try database.query(
      """
      SELECT num, score * (1.0 + CASE WHEN ts_ms IS NULL THEN 0.0
        ELSE 0.5 / (1.0 + max(0, ?3 - ts_ms) / 2592000000.0) END) AS rank
      FROM (
        SELECT m.num AS num, m.ts_ms AS ts_ms, bm25(messages_fts) AS score
        FROM messages_fts CROSS JOIN messages m ON m.num = messages_fts.rowid
        WHERE messages_fts MATCH ?1 AND \(sessionID == nil ? "?2 IS NULL" : Self.ofSession)
        ORDER BY messages_fts.rowid DESC LIMIT ?4)
      ORDER BY rank, num DESC LIMIT ?5 OFFSET ?6
      """, expression, sessionID, nowMS, limits.rankedMatches, limit, offset
    ) { Match(num: $0.int64(0), rank: $0.double(1)) }
  }

  private func hit(_ match: Match, _ expression: String) throws(StoreError) -> SearchHit? {
    try database.first(
      """
      SELECT i.session_id, m.cursor, m.role, m.ts_ms, snippet(messages_fts, 0, char(2), char(3), '…', 24)
      FROM messages_fts CROSS JOIN messages m ON m.num = messages_fts.rowid
        CROSS JOIN indexed i ON i.num = m.file
      WHERE messages_fts MATCH ? AND messages_fts.rowid = ?
      """, expression, match.num
    ) {
      SearchHit(
        sessionID: $0.text(0), cursor: $0.text(1), role: $0.text(2), timestampMS: $0.optionalInt64(3),
        snippet: $0.text(4), rank: match.rank)
    }
  }
}
