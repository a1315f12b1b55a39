import Reactor
import Store
import Wire

extension TailEngine {
  /// Starts to follow a session's transcript, or counts one more watcher of it.
  ///
  /// - Returns: where the session stands; its batches go on from `head`.
  /// - Throws: `TailError` when there is no such session or its transcript cannot be read.
  public func watch(_ session: String) async throws(TailError) -> TopicFacts {
    guard let entry = await entry(session) else { throw .unknownSession }
    if followed[session] == nil {
      let opened = await open(entry)
      // Another watcher may have been faster while the archive thread was looking.
      if followed[session] == nil {
        followed[session] = FollowedSession(session: session, kind: try opened.get())
        followed[session]?.watchers = 0
        watchLink(session)
      }
    }
    guard let current = followed[session], let entry = catalog[session] else { throw .unknownSession }
    current.watchers += 1
    // The first look happens after the caller has the facts: what it brings then follows them.
    loop.post { [self] in assumeIsolated { $0.advanceAgain(session) } }
    return facts(of: current, entry)
  }

  /// One watcher less; the last one ends the following.
  public func unwatch(_ session: String) {
    guard let current = followed[session] else { return }
    current.watchers -= 1
    guard current.watchers <= 0 else { return }
    followed[session] = nil
    if let path = catalog[session]?.path {
      watcher.unwatch(linkedFile: path)
      unwatchedLinks.remove(path)
    }
  }

  /// A session of the catalog. While the first listing is under way, a session that is not there yet may still be
  /// found: the answer waits, because a client that is told "unknown" once does not come back.
  public func entry(_ session: String) async -> SessionEntry? {
    if catalog[session] == nil, !isReady { await listed() }
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
  public func entries() -> [SessionEntry] { Array(catalog.sessions.values) }

  private func open(_ entry: SessionEntry) async -> Result<FollowedSession.Kind, TailError> {
    let known = await remembered(entry)
    let waits = unsavedIdentities[entry.path] != nil
    if entry.isDocument {
      switch await surveyor.document(entry.path) {
      case .failure(let error): return .failure(.unreadable("\(error)"))
      case .success(let document):
        let follower = DocumentFollower(document, known: known)
        let row = follower.row(path: entry.path, nowMS: clockMS())
        if row.incarnation != known?.incarnation || waits { await saveNow(row) } else { keep(row) }
        if let known, known.incarnation != row.incarnation { tellReplaced(entry.id, Epoch(row.epoch)) }
        return .success(.document(follower))
      }
    }
    switch await surveyor.open(entry.path, known: known) {
    case .failure(let error): return .failure(.unreadable("\(error)"))
    case .success(let opened):
      if let row = opened.row(path: entry.path, nowMS: clockMS()) {
        // A raised incarnation is durable before a cursor of it is told to anybody.
        if opened.replaced || known == nil || waits { await saveNow(row) } else { keep(row) }
      }
      if opened.replaced { tellReplaced(entry.id, opened.identity?.epoch) }
      return .success(.lines(Follower(opened, path: entry.path, limits: limits)))
    }
  }

  /// Whoever finds a rewrite first tells it: the listing, a watcher or the index; the others find it known.
  func tellReplaced(_ id: String, _ epoch: Epoch?) {
    guard followed[id] == nil, let entry = catalog[id], entry.epoch != epoch else { return }
    catalog.change(id) { $0.epoch = epoch }
    if let now = catalog[id] { news(.replaced(now, .replaced)) }
  }

  private func facts(of current: FollowedSession, _ entry: SessionEntry) -> TopicFacts {
    var facts = TopicFacts(
      session: entry.id, path: entry.path, agent: entry.agent, isDocument: entry.isDocument, epoch: nil,
      head: 0,
      witness: .none)
    switch current.kind {
    case .lines(let follower):
      facts.epoch = follower.identity?.epoch
      facts.head = follower.head
      facts.witness = follower.witness
    case .document(let follower):
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

  /// Looks at a followed transcript once, and asks for another look while there is more.
  func advance(_ current: FollowedSession) {
    guard !current.isPaused else {
      current.isDirty = true
      return
    }
    switch current.kind {
    case .document(let follower): advance(current, follower)
    case .lines(let follower):
      let progress = follower.advance()
      settle(current.session, progress.condition, follower.facts)
      deliver(progress.lines, of: current, follower)
      if progress.more, !current.isQueued {
        current.isQueued = true
        let session = current.session
        loop.post { [self] in assumeIsolated { $0.advanceAgain(session) } }
      }
    }
  }

  private func deliver(_ lines: [LineAssembler.Line], of current: FollowedSession, _ follower: Follower) {
    guard let first = lines.first else { return }
    guard follower.identity == nil else {
      emit(lines, of: current, follower)
      return
    }
    follower.identify(by: first)
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
    let restart = follower.takeRestart()
    catalog.change(current.session) { $0.epoch = epoch }
    if let restart, let entry = catalog[current.session] { news(.replaced(entry, restart)) }
    news(
      .batch(
        TailBatch(
          session: current.session, epoch: epoch, restart: restart, items: lines.map(TailItem.init),
          head: follower.head, witness: follower.witness)))
    if let row = follower.row(nowMS: clockMS()) { keep(row) }
  }

  /// Watches the inode of a followed transcript that can change under a name elsewhere.
  func watchLink(_ session: String) {
    guard followed[session] != nil, watcher.descriptor >= 0, let entry = catalog[session] else { return }
    unwatchedLinks.remove(entry.path)
    guard entry.facts.links > 1 || FileFacts.isSymbolicLink(entry.path) else {
      watcher.unwatch(linkedFile: entry.path)
      return
    }
    if !watcher.watch(linkedFile: entry.path) { unwatchedLinks.insert(entry.path) }
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
  /// Looks at a followed transcript now: somebody found it changed.
  public func nudge(_ session: String) {
    if let current = followed[session] { advance(current) }
  }

  /// Where a session's transcript stands, without following it.
  public func facts(_ session: String) async throws(TailError) -> TopicFacts {
    let facts = try await watch(session)
    unwatch(session)
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
