import Store
import StreamServer
import Tail
import Wire

extension SearchIndexer {
  /// Indexes one page of a session; true when there is more.
  func indexPage(_ id: String) async throws(StoreError) -> Bool {
    // What cannot be read now is told of again by the tail when it can.
    guard let facts = try? await sessions.facts(id), let epoch = facts.epoch else { return false }
    let at = try await position(facts, epoch)
    guard at.through < facts.head else {
      await finish(id, at)
      return false
    }
    let key = TimeIndexKey(path: facts.path, epoch: epoch.value)
    var newest = at.newestMS
    if newest == nil, !facts.isDocument, at.through > 0 {
      newest = try await store.newestTimeIndexEntry(key)?.newestMS
    }
    let read = await history.index(facts, from: at.through, newestMS: newest, bytes: rules.pageBytes)
    guard case .success(let page) = read, page.through > at.through else { return false }

    var now = at
    now.through = page.through
    now.isDone = page.isDone
    now.newestMS = page.times.last?.newestMS ?? newest
    now.counts.messages += page.messages
    now.counts.turns += page.turns
    let (done, reached) = (page.isDone, now.counts)
    try await store.write { (database) throws(StoreError) in
      if !facts.isDocument {
        try database.appendTimeIndex(
          key, page.times.map { TimeIndexEntry(offset: $0.offset, newestMS: $0.newestMS) },
          through: page.through)
      }
      try database.saveIndexed(
        sessionID: id, epoch: epoch.value, through: page.through, isDone: done,
        page.rows.map(IndexedMessage.init))
      try database.save(
        IndexCounts(sessionID: id, epoch: epoch.value, through: page.through, counts: reached))
    }
    progress[id] = now
    if page.isDone { await finish(id, now) }
    return !page.isDone
  }

  /// Where indexing goes on. What was indexed of other content, or without its counts, is forgotten first.
  private func position(_ facts: TopicFacts, _ epoch: Epoch) async throws(StoreError) -> FileProgress {
    if let known = progress[facts.session], known.epoch == epoch.value, known.through <= facts.head {
      return known
    }
    try await store.dropIndex(sessionID: facts.session)
    try await store.dropTimeIndexes(path: facts.path, except: epoch.value)
    return FileProgress(
      epoch: epoch.value, through: 0, isDone: false, counts: SessionCounts(messages: 0, turns: 0))
  }

  private func finish(_ id: String, _ at: FileProgress) async {
    progress[id] = at
    progress[id]?.isDone = true
    await sessions.setCounts(id, at.counts)
  }
}

extension IndexedMessage {
  init(_ row: IndexedPage.Row) {
    self.init(
      cursor: row.cursor.description, role: row.role.rawValue,
      timestampMS: row.timestamp.flatMap { Timestamp($0)?.milliseconds }, text: row.text)
  }
}
