import Store

extension StoreReader {
  /// Memories, newest first.
  func memories(_ filter: MemoryFilter, limit: Int, offset: Int = 0) throws(StoreError) -> [Memory] {
    try query(
      """
      SELECT \(Memory.columns) FROM memories m WHERE \(MemoryFilter.condition)
      ORDER BY m.created_ms DESC, m.id DESC LIMIT ?8 OFFSET ?9
      """, filter.values + [limit, offset], row: Memory.init)
  }

  /// How many memories pass.
  func memoryCount(_ filter: MemoryFilter) throws(StoreError) -> Int {
    try query("SELECT count(*) FROM memories m WHERE \(MemoryFilter.condition)", filter.values) { $0.int(0) }
      .first ?? 0
  }

  /// Memories in which every word of the query occurs or begins a word, best first; no input is an error.
  ///
  /// BM25 with the title weighing most; a memory of today weighs half as much again, one of 30 days a quarter. Only
  /// the newest `ranked` matches are ranked.
  func memories(
    matching text: String, _ filter: MemoryFilter, limit: Int, offset: Int, nowMS: Int64, ranked: Int = 20_000
  ) throws(StoreError) -> (total: Int, [Memory]) {
    guard let expression = SearchExpression(text, words: 32).text else { return (0, []) }
    let matches = """
      FROM memories_fts CROSS JOIN memories m ON m.id = memories_fts.rowid
      WHERE memories_fts MATCH ?8 AND \(MemoryFilter.condition)
      """
    return try snapshot { () throws(StoreError) in
      let total =
        try query("SELECT count(*) \(matches)", filter.values + [expression]) { $0.int(0) }.first ?? 0
      guard total > offset else { return (total, []) }
      let found = try query(
        """
        SELECT \(Memory.columns) FROM (
          SELECT m.id AS num, m.created_ms AS ms, bm25(memories_fts, 4.0, 1.0, 2.0, 1.5, 2.0) AS score \(matches)
          ORDER BY memories_fts.rowid DESC LIMIT ?9) AS match
        JOIN memories m ON m.id = match.num
        ORDER BY match.score * (1.0 + 0.5 / (1.0 + max(0, ?10 - match.ms) / 2592000000.0)), m.id DESC
        LIMIT ?11 OFFSET ?12
        """, filter.values + [expression, ranked, nowMS, limit, offset], row: Memory.init)
      return (total, found)
    }
  }

  /// The memories around one, by (time, id), oldest first; nil when there is no such memory. Those of other
  /// identities than the anchor's are left out.
  func memories(
    around anchor: Int64, before: Int, after: Int, project: String?
  ) throws(StoreError) -> [Memory]? {
    guard
      let middle = try query(
        "SELECT \(Memory.columns) FROM memories m WHERE m.id = ?", [anchor], row: Memory.init
      ).first
    else { return nil }
    var filter = MemoryFilter()
    filter.projects = project.map { [$0] } ?? []
    filter.identityKey = middle.identityKey
    func side(_ comparison: String, _ order: String, _ limit: Int) throws(StoreError) -> [Memory] {
      try query(
        """
        SELECT \(Memory.columns) FROM memories m
        WHERE (m.created_ms, m.id) \(comparison) (?8, ?9) AND \(MemoryFilter.condition)
        ORDER BY m.created_ms \(order), m.id \(order) LIMIT ?10
        """, filter.values + [middle.createdMS, middle.id, limit], row: Memory.init)
    }
    let earlier = try side("<", "DESC", before)
    let later = try side(">", "ASC", after)
    return earlier.reversed() + [middle] + later
  }

  /// The memories with these ids in their order; unknown ones are skipped.
  func memories(ids: [Int64], project: String?) throws(StoreError) -> [Memory] {
    var found: [Memory] = []
    for id in ids {
      found += try query(
        "SELECT \(Memory.columns) FROM memories m WHERE m.id = ?1 AND (?2 IS NULL OR m.project = ?2)",
        [id, project], row: Memory.init)
    }
    return found
  }

  /// Every memory after an id, whoever it belongs to, in the order of ids; at most so many, and at most so many bytes
  /// of text unless one alone has more.
  func memories(after id: Int64, limit: Int, bytes: Int) throws(StoreError) -> [Memory] {
    let rows = try query(
      """
      SELECT \(Memory.columns) FROM memories m WHERE m.id > ?1 AND m.id < coalesce((
        SELECT id FROM (SELECT id, sum(length(CAST(text AS BLOB)) + 1024) OVER (ORDER BY id) AS total
          FROM (SELECT id, text FROM memories WHERE id > ?1 ORDER BY id LIMIT ?2))
        WHERE total > ?3 ORDER BY id LIMIT 1 OFFSET 1), 9223372036854775807)
      ORDER BY m.id LIMIT ?2
      """, [id, limit, bytes], row: Memory.init)
    return rows
  }
}

/// How much is remembered.
struct MemoryStatistics: Sendable {
  var total = 0
  var byType: [(String, Int)] = []
  var byProject: [(String, Int)] = []
  var oldestMS: Int64?
  var newestMS: Int64?
}

extension StoreReader {
  func memoryStatistics() throws(StoreError) -> MemoryStatistics {
    try snapshot { () throws(StoreError) in
      var statistics = MemoryStatistics()
      _ = try query("SELECT count(*), min(created_ms), max(created_ms) FROM memories") { row in
        statistics.total = row.int(0)
        statistics.oldestMS = row.optionalInt64(1)
        statistics.newestMS = row.optionalInt64(2)
      }
      statistics.byType = try query("SELECT type, count(*) FROM memories GROUP BY type ORDER BY type") {
        ($0.text(0), $0.int(1))
      }
      statistics.byProject = try query(
        "SELECT project, count(*) AS n FROM memories GROUP BY project ORDER BY n DESC, project LIMIT 1000"
      ) { ($0.text(0), $0.int(1)) }
      return statistics
    }
  }
}
