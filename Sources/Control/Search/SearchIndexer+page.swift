import Store
import StreamServer
import Tail
import Wire

extension SearchIndexer {
  /// Indexes one page of a session; true when there is more.
  func indexPage(_ id: String) async throws(StoreError) -> Bool {
    // What cannot be read now is told of again by the tail when it can.
    guard let chain = try? await sessions.facts(id), chain.epoch != nil else { return false }
    guard let (at, facts) = try await position(in: chain) else { return false }
    let epoch = Epoch(at.epoch)
    let isNewest = epoch == chain.epoch
    // Any message of a document may have been rewritten, and tell of more tokens.
    guard at.through < facts.head || facts.isDocument else {
      await finish(id, at)
      return false
    }
    let key = TimeIndexKey(path: facts.path, epoch: at.epoch)
    var newest = at.newestMS
    if newest == nil, !facts.isDocument, at.through > 0 {
      newest = try await store.newestTimeIndexEntry(key)?.newestMS
    }
    let read = await history.index(facts, from: at.through, newestMS: newest, bytes: rules.pageBytes)
    guard case .success(let page) = read else { return false }
    pageRest = page.hasReaders ? rules.restBesideReaders : rules.rest
    guard page.through > at.through || facts.isDocument else { return false }

    var now = at
    now.through = page.through
    now.isDone = page.isDone
    now.newestMS = page.times.last?.newestMS ?? newest
    now.counts.messages += page.messages
    now.counts.turns += page.turns
    let (done, reached) = (page.isDone, now.counts)
    now.counts.usage = try await store.write { (database) throws(StoreError) in
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
      return try database.save(page.calls, session: id)
    }
    progress[id] = now
    if !found.contains(id) {
      for damage in page.damages { damaged(id, epoch, damage) }
    }
    if page.isDone, isNewest { await finish(id, now) }
    return !page.isDone || !isNewest
  }

  /// Where indexing goes on, and in which file of the chain. What was indexed of other content, or without its counts,
  /// is forgotten first.
  private func position(
    in chain: TopicFacts
  ) async throws(StoreError) -> (FileProgress, file: TopicFacts)? {
    if var at = progress[chain.session], let known = chain.file(Epoch(at.epoch)), at.through <= known.head {
      var file = known
      while at.through >= file.head, let next = chain.file(after: Epoch(at.epoch)), let epoch = next.epoch {
        try await store.dropTimeIndexes(path: next.path, except: epoch.value)
        at = FileProgress(epoch: epoch.value, through: 0, isDone: false, counts: at.counts)
        file = next
      }
      return (at, file)
    }
    guard let first = chain.chain.first, let epoch = first.epoch else { return nil }
    try await store.dropIndexed(session: chain.session)
    try await store.dropTimeIndexes(path: first.path, except: epoch.value)
    let none = SessionCounts(messages: 0, turns: 0)
    return (FileProgress(epoch: epoch.value, through: 0, isDone: false, counts: none), first)
  }

  private func finish(_ id: String, _ at: FileProgress) async {
    progress[id] = at
    progress[id]?.isDone = true
    found.remove(id)
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
