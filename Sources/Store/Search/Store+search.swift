extension StoreReader {
  /// How far each file is indexed.
  public func indexPositions() throws(StoreError) -> [IndexPosition] {
    try database.query("SELECT session_id, epoch, through, done FROM indexed", row: IndexPosition.init)
  }

  /// How far one file is indexed, nil when it has not been begun.
  public func indexPosition(sessionID: String, epoch: UInt32) throws(StoreError) -> IndexPosition? {
    try database.first(
      "SELECT session_id, epoch, through, done FROM indexed WHERE session_id = ? AND epoch = ?", sessionID,
      epoch, row: IndexPosition.init)
  }

  /// How much of all files is indexed.
  public func indexProgress() throws(StoreError) -> IndexProgress {
    try database.first("SELECT count(*), total(done), total(through) FROM indexed") {
      IndexProgress(files: $0.int(0), filesDone: Int($0.double(1)), bytesDone: Int64($0.double(2)))
    } ?? IndexProgress(files: 0, filesDone: 0, bytesDone: 0)
  }
}

extension Store {
  /// Messages in which every word of `query` occurs, best first; see `StoreReader.search`.
  public func search(
    _ query: String, sessionID: String? = nil, limit: Int, offset: Int = 0
  ) throws(StoreError) -> SearchPage {
    let nowMS = nowMS
    return try read { (reader) throws(StoreError) in
      try reader.search(query, sessionID: sessionID, limit: limit, offset: offset, nowMS: nowMS)
    }
  }

  /// Sessions whose title has every word of `query`, best first.
  public func searchTitles(_ query: String, limit: Int) throws(StoreError) -> [TitleHit] {
    try read { (reader) throws(StoreError) in try reader.searchTitles(query, limit: limit) }
  }

  /// The sessions whose title or messages match, in no order.
  public func sessionIDs(matching query: String) throws(StoreError) -> Set<String> {
    try read { (reader) throws(StoreError) in try reader.sessionIDs(matching: query) }
  }

  /// How far each file is indexed.
  public func indexPositions() throws(StoreError) -> [IndexPosition] {
    try read { (reader) throws(StoreError) in try reader.indexPositions() }
  }

  /// How far one file is indexed, nil when it has not been begun.
  public func indexPosition(sessionID: String, epoch: UInt32) throws(StoreError) -> IndexPosition? {
    try read { (reader) throws(StoreError) in try reader.indexPosition(sessionID: sessionID, epoch: epoch) }
  }

  /// How much of all files is indexed.
  public func indexProgress() throws(StoreError) -> IndexProgress {
    try read { (reader) throws(StoreError) in try reader.indexProgress() }
  }

  /// Adds the messages between the file's position and `offset` and moves the position there, all or nothing.
  ///
  /// A page that ends at or before the position adds nothing: after a crash it may come again.
  /// - Parameter isDone: true when `offset` is the end of the file.
  /// - Returns: false when the page had been indexed before.
  @discardableResult
  public func saveIndexed(
    sessionID: String, epoch: UInt32, through offset: UInt64, isDone: Bool, _ messages: [IndexedMessage]
  ) throws(StoreError) -> Bool {
    try write { (database) throws(StoreError) in
      try database.saveIndexed(
        sessionID: sessionID, epoch: epoch, through: offset, isDone: isDone, messages)
    }
  }
}

extension Database {
  /// As `Store.saveIndexed`, inside the transaction of what else is known of the page.
  @discardableResult
  public func saveIndexed(
    sessionID: String, epoch: UInt32, through offset: UInt64, isDone: Bool, _ messages: [IndexedMessage]
  ) throws(StoreError) -> Bool {
    let before = try first(
      "SELECT through FROM indexed WHERE session_id = ? AND epoch = ?", sessionID, epoch
    ) { $0.uint64(0) }
    let isNew = before.map { $0 < offset } ?? true
    try run(
      """
      INSERT INTO indexed(session_id, epoch, through, done) VALUES (?, ?, ?, ?)
      ON CONFLICT(session_id, epoch) DO UPDATE SET done = excluded.done, through = excluded.through
        WHERE excluded.through >= through
      """, sessionID, epoch, offset, isDone)
    guard isNew,
      let file = try first(
        "SELECT num FROM indexed WHERE session_id = ? AND epoch = ?", sessionID, epoch, row: { $0.int64(0) })
    else { return false }
    for message in messages {
      let text = withoutMarks(message.text)
      try run(
        "INSERT INTO messages(file, cursor, role, ts_ms, text) VALUES (?, ?, ?, ?, ?)", file, message.cursor,
        message.role, message.timestampMS, text)
      try run("INSERT INTO messages_fts(rowid, text) VALUES (?, ?)", lastInsertRowID, text)
    }
    return true
  }

  /// Forgets the indexed messages of a session, or of one of its files.
  public func dropIndex(sessionID: String, epoch: UInt32? = nil) throws(StoreError) {
    try run("DELETE FROM indexed WHERE session_id = ?1 AND (?2 IS NULL OR epoch = ?2)", sessionID, epoch)
  }
}

extension IndexPosition {
  init(_ row: Statement) {
    self.init(sessionID: row.text(0), epoch: row.uint32(1), through: row.uint64(2), isDone: row.int(3) != 0)
  }
}

/// The marks of a snippet must come from the search alone.
private func withoutMarks(_ text: String) -> String {
  guard text.utf8.contains(where: { $0 == 2 || $0 == 3 }) else { return text }
  return String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value != 2 && $0.value != 3 }))
}
