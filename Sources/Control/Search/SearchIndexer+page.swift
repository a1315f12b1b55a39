import Store
import StreamServer
import Tail
import Wire

extension SearchIndexer {
  /// Reads the next page of a session; nil when there is none.
  func readPage(_ id: String) async throws(StoreError) -> PendingPage? {
    // What cannot be read now is told of again by the tail when it can.
    guard let chain = try? await sessions.facts(id), chain.epoch != nil else { return nil }
    guard let (at, facts, stale) = position(in: chain) else { return nil }
    let epoch = Epoch(at.epoch)
    // Any message of a document may have been rewritten, and tell of more tokens.
    guard at.through < facts.head || facts.isDocument else {
      await finish(id, at)
      return nil
    }
    let key = facts.isDocument ? nil : TimeIndexKey(path: facts.path, epoch: at.epoch)
    var newest = at.newestMS
    if newest == nil, let key, at.through > 0 {
      newest = try await store.newestTimeIndexEntry(key)?.newestMS
    }
    let read = await history.index(facts, from: at.through, newestMS: newest, bytes: rules.pageBytes)
    guard case .success(let page) = read else { return nil }
    if page.hasReaders { pageRest = rules.restBesideReaders }
    guard page.through > at.through || facts.isDocument else { return nil }

    var after = at
    after.through = page.through
    after.isDone = page.isDone
    after.newestMS = page.times.last?.newestMS ?? newest
    after.counts.messages += page.messages
    after.counts.turns += page.turns
    return PendingPage(
      session: id, page: page, bytes: facts.isDocument ? rules.pageBytes : Int(page.through - at.through),
      after: after, times: key, stale: stale, isNewest: epoch == chain.epoch)
  }

  /// Stores pages, all of them or none, and takes over where their sessions stand.
  /// - Returns: the sessions of which there is more.
  func save(_ pages: [PendingPage]) async throws(StoreError) -> [String] {
    let usage = try await store.write { (database) throws(StoreError) in
      var usage: [[ModelUsage]] = []
      for page in pages { usage.append(try page.save(in: database)) }
      return usage
    }
    var more: [String] = []
    for (page, usage) in zip(pages, usage) {
      var after = page.after
      after.counts.usage = usage
      progress[page.session] = after
      if !found.contains(page.session) {
        for damage in page.page.damages { damaged(page.session, Epoch(after.epoch), damage) }
      }
      if page.page.isDone, page.isNewest {
        await finish(page.session, after)
      } else {
        more.append(page.session)
      }
    }
    return more
  }

  /// Where indexing goes on, in which file of the chain, and what no longer holds of what was indexed before.
  private func position(in chain: TopicFacts) -> (FileProgress, file: TopicFacts, StaleIndex)? {
    var stale = StaleIndex()
    if var at = progress[chain.session], let known = chain.file(Epoch(at.epoch)), at.through <= known.head {
      var file = known
      while at.through >= file.head, let next = chain.file(after: Epoch(at.epoch)), let epoch = next.epoch {
        stale.contents.append((next.path, epoch.value))
        at = FileProgress(epoch: epoch.value, through: 0, isDone: false, counts: at.counts)
        file = next
      }
      return (at, file, stale)
    }
    // It is other content, or was indexed without its counts.
    guard let first = chain.chain.first, let epoch = first.epoch else { return nil }
    stale.isAll = true
    stale.contents.append((first.path, epoch.value))
    let none = SessionCounts(messages: 0, turns: 0)
    return (FileProgress(epoch: epoch.value, through: 0, isDone: false, counts: none), first, stale)
  }

  private func finish(_ id: String, _ at: FileProgress) async {
    progress[id] = at
    progress[id]?.isDone = true
    found.remove(id)
    await sessions.setCounts(id, at.counts)
  }
}
