import Reactor
import Store
import Wire

extension TailEngine {
  /// Starts to follow a session's transcript, or counts one more watcher of it.
  ///
  /// - Returns: where the session stands; its batches go on from `head`.
  /// - Throws: `TailError` when there is no such session or its transcript cannot be read.
  public func watch(_ session: String) async throws(TailError) -> TopicFacts {
    while true {
      guard let entry = await entry(session) else { throw .unknownSession }
      let id = entry.id
      if followed[id] == nil {
        let opened = await open(entry)
        // It may have become another session's file meanwhile, or have got one more.
        guard let now = catalog[session], now.id == id, now.path == entry.path,
          now.earlier.count == entry.earlier.count
        else { continue }
        // Another watcher may have been faster while the archive thread was looking.
        if followed[id] == nil {
          let current = FollowedSession(session: id, try opened.get())
          current.watchers = 0
          followed[id] = current
          watchLink(id)
        }
      }
      guard let current = followed[id], let entry = catalog[id] else { throw .unknownSession }
      current.watchers += 1
      // The first look happens after the caller has the facts: what it brings then follows them.
      loop.post { [self] in assumeIsolated { $0.advanceAgain(id) } }
      return facts(of: current, entry)
    }
  }

  /// One watcher less; the last one ends the following. Takes the id of the facts that `watch` answered.
  public func unwatch(_ session: String) {
    guard let current = followed[session] else { return }
    current.watchers -= 1
    if current.watchers <= 0 { unfollow(session) }
  }

  /// A session of the catalog, by its id or by the agent's id of any of its files. While the first listing is under way, a session that is not there yet may still be
  /// found: the answer waits, because a client that is told "unknown" once does not come back.
  public func entry(_ session: String) async -> SessionEntry? {
    if catalog[session] == nil, !isReady { await listed() }
    noteGrowth(of: catalog.listed(session))
    return catalog[session]
  }

  /// Returns when the first listing of all roots is complete.
  private func listed() async {
    guard !isReady, !isStopped else { return }
    await withCheckedContinuation { waitingForListing.append($0) }
  }

  /// The first listing is complete, or will never be.
  func endListing() {
    let waiting = waitingForListing
    waitingForListing = []
    for continuation in waiting { continuation.resume() }
  }

  /// Every session of the catalog, in no order.
  public func entries() -> [SessionEntry] {
    noteGrowth()
    return Array(catalog.sessions.values)
  }

  /// Whoever finds a rewrite first tells it: the listing, a watcher or the index; the others find it known.
  func tellReplaced(_ id: String, _ path: String, _ epoch: Epoch?) {
    guard followed[id] == nil, let entry = catalog[id], entry.path == path, entry.epoch != epoch else {
      return
    }
    catalog.change(id) { $0.epoch = epoch }
    if let now = catalog[id] { news(.replaced(now, .replaced)) }
  }

  func facts(of current: FollowedSession, _ entry: SessionEntry) -> TopicFacts {
    var facts = TopicFacts(
      session: entry.id, path: current.path, agent: entry.agent, isDocument: false, epoch: nil, head: 0,
      witness: .none)
    facts.earlier = current.earlier
    switch current.kind {
    case .awaited: break
    case .lines(let follower):
      facts.epoch = follower.identity?.epoch
      facts.head = follower.head
      facts.witness = follower.witness
    case .document(let follower):
      facts.isDocument = true
      facts.epoch = follower.epoch
      facts.head = follower.head
      facts.witness = follower.witness
    }
    return facts
  }

  private func advanceAgain(_ session: String) {
    guard let current = followed[session] else { return }
    current.isQueued = false
    advance(current)
  }

  /// Looks at a followed transcript once, and asks for another look while there is more. `known` are the facts of its
  /// path, when they have just been asked for.
  func advance(_ current: FollowedSession, _ known: FileFacts? = nil) {
    guard !current.isPaused else {
      current.isDirty = true
      return
    }
    switch current.kind {
    case .awaited: goOver(current)
    case .document(let follower): advance(current, follower)
    case .lines(let follower):
      let progress = follower.advance(known)
      settle(current.session, progress.condition, follower.facts)
      deliver(progress.lines, of: current, follower)
      if progress.more, !current.isQueued {
        current.isQueued = true
        let session = current.session
        loop.post { [self] in assumeIsolated { $0.advanceAgain(session) } }
      }
      if !progress.more { goOver(current) }
    }
  }

  func deliver(_ lines: [LineAssembler.Line], of current: FollowedSession, _ follower: Follower) {
    guard let first = lines.first else { return }
    guard follower.identity == nil else {
      emit(lines, of: current, follower)
      return
    }
    follower.identify(by: first)
    while let epoch = follower.identity?.epoch, current.earlier.contains(where: { $0.epoch == epoch }) {
      follower.raiseIncarnation()
    }
    current.isPaused = true
    let row = follower.row(nowMS: clockMS())
    Task {
      if let row { await self.saveNow(row) }
      self.resume(current, lines)
    }
  }

  /// The identity is durable: what was read of the new content may be told, if this is still whom it is read for.
  private func resume(_ current: FollowedSession, _ lines: [LineAssembler.Line]) {
    guard followed[current.session] === current, case .lines(let follower) = current.kind else { return }
    current.isPaused = false
    emit(lines, of: current, follower)
    current.isDirty = false
    advance(current)
  }

  private func emit(_ lines: [LineAssembler.Line], of current: FollowedSession, _ follower: Follower) {
    guard let epoch = follower.identity?.epoch else { return }
    let (restart, begins) = (follower.takeRestart(), current.takeBegins())
    if current.notedEpoch != epoch { note(epoch, of: current) }
    if let restart, !begins, let entry = catalog[current.session] { news(.replaced(entry, restart)) }
    news(
      .batch(
        TailBatch(
          session: current.session, path: current.path, epoch: epoch, restart: begins ? nil : restart,
          begins: begins ? catalog[current.session].map { facts(of: current, $0) } : nil,
          items: lines.map(TailItem.init), head: follower.head, witness: follower.witness)))
    if !follower.isRowDue {
      follower.isRowDue = true
      grownFollowers.append(follower)
    }
  }

  /// A followed file has this content now.
  func note(_ epoch: Epoch, of current: FollowedSession) {
    current.notedEpoch = epoch
    catalog.change(current.session) { entry in
      if entry.path == current.path {
        entry.epoch = epoch
      } else if let index = entry.earlier.firstIndex(where: { $0.path == current.path }) {
        entry.earlier[index].epoch = epoch
      }
    }
  }

  /// Who watches a document whose history a log has taken over goes on with the log, from its beginning.
  func supersede(_ id: String) {
    guard let current = followed[id], case .document = current.kind, let entry = catalog[id],
      !entry.isDocument, !entry.files.contains(where: { $0.path == current.path })
    else { return }
    watcher.unwatch(linkedFile: current.path)
    unwatchedLinks.remove(current.path)
    let follower = Follower(fromStartOf: entry.path, entry.facts, limits: limits)
    current.enter(.lines(follower), path: entry.path, before: nil)
    watchLink(id)
    advance(current)
  }

  /// Tells watchers where a transcript has gone: who reads its history from the file must look there.
  func tellMoved(_ current: FollowedSession) {
    guard case .lines(let follower) = current.kind, follower.restart == nil,
      let epoch = follower.identity?.epoch
    else { return }
    news(
      .batch(
        TailBatch(
          session: current.session, path: follower.path, epoch: epoch, items: [], head: follower.head,
          witness: follower.witness)))
  }

  /// Watches the inode of a followed transcript that can change under a name elsewhere.
  func watchLink(_ session: String) {
    guard let current = followed[session], watcher.descriptor >= 0, let entry = catalog[session] else {
      return
    }
    let path = current.path
    let facts = path == entry.path ? entry.facts : entry.earlier.first { $0.path == path }?.facts
    guard let facts else { return }
    unwatchedLinks.remove(path)
    guard facts.links > 1 || FileFacts.isSymbolicLink(path) else {
      watcher.unwatch(linkedFile: path)
      return
    }
    if !watcher.watch(linkedFile: path) { unwatchedLinks.insert(path) }
  }

  /// Makes the rows of what has grown, not with every line but when they are stored or asked for. A follower that is
  /// no longer in use still has its row to give.
  func gatherRows() {
    for follower in grownFollowers {
      follower.isRowDue = false
      keep(follower.row(nowMS: clockMS()))
    }
    grownFollowers.removeAll(keepingCapacity: true)
  }

  /// Keeps a row for the next save.
  func keep(_ row: FileIdentityRow?) {
    if let row { unsavedIdentities[row.path] = row }
  }
}

extension TailItem {
  init(_ line: LineAssembler.Line) {
    switch line {
    case .whole(let bytes, let start, let end): self = .line(bytes, start: start, end: end)
    case .oversized(let start, let end): self = .oversized(start: start, end: end)
    }
  }
}

extension TailEngine {
  /// Looks at a file of a followed transcript now: somebody found it changed.
  public func nudge(_ file: TopicFacts) {
    guard let current = followed[file.session] else { return }
    if current.earlier.contains(where: { $0.epoch == file.epoch }) {
      reopen(current)
    } else {
      advance(current)
    }
  }

  /// An older file of a chain is not what it was. It is not followed, so all of the chain is opened again, by those who
  /// come back.
  func reopen(_ current: FollowedSession) {
    guard let entry = catalog[current.session] else { return }
    unfollow(current.session)
    news(.reopened(entry))
  }

  /// Where a session's transcript stands, without following it.
  public func facts(_ session: String) async throws(TailError) -> TopicFacts {
    let facts = try await watch(session)
    unwatch(facts.session)
    if facts.epoch == nil, catalog[facts.session]?.isDocument == true {
      throw .unreadable("it is no whole JSON document; its writer may be at work")
    }
    return facts
  }

  /// Takes counts that the background reader made.
  public func setCounts(_ session: String, _ counts: SessionCounts) {
    guard catalog[session]?.counts != counts else { return }
    catalog.change(session) { $0.counts = counts }
    unsavedSessions.insert(session)
    if let entry = catalog[session] { news(.updated(entry)) }
  }
}
