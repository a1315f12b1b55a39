import Glibc
import Reactor
import Store
import Wire

/// Chains of files: opened together, followed one after the other, stored (STREAMS section 2).
extension TailEngine {
  /// Opens every file of a session. Followed is the newest one with content: a cursor has to be of something.
  func open(_ entry: SessionEntry) async -> Result<OpenedChain, TailError> {
    var opened: [(file: ChainFile, open: OpenedFile)] = []
    var epochs: Set<Epoch> = []
    var failure: TailError?
    for file in entry.files {
      switch await open(file, of: entry, beside: epochs) {
      case .success(let open):
        opened.append((file, open))
        if let epoch = open.content?.epoch { epochs.insert(epoch) }
      case .failure(let error): failure = error
      }
    }
    guard let index = opened.lastIndex(where: { $0.open.content != nil }) ?? opened.indices.last else {
      return failure.map { .failure($0) } ?? .success(OpenedChain())
    }
    // What was written to an older file while the newer ones were being opened belongs to it: nobody reads it later.
    for earlier in opened.indices.prefix(index) {
      let (file, open) = opened[earlier]
      guard open.content != nil, let now = try? FileFacts.of(file.path), now != open.facts else { continue }
      if case .success(let again) = await self.open(file, of: entry, beside: []) {
        opened[earlier].open = again
      }
    }
    let newest = opened[index]
    // Nothing of any file can be read yet: all of them are looked at again with each change.
    if case .unfinished = newest.open { return .success(OpenedChain(hasNext: true)) }
    return .success(
      OpenedChain(
        kind: newest.open.follower(newest.file.path, limits), path: newest.file.path,
        earlier: opened[..<index].compactMap { facts($0.file, $0.open, of: entry) },
        hasNext: newest.file.path != entry.path))
  }

  private func facts(_ file: ChainFile, _ open: OpenedFile, of entry: SessionEntry) -> TopicFacts? {
    open.content.map { content in
      TopicFacts(
        session: entry.id, path: file.path, agent: entry.agent, isDocument: file.isDocument,
        epoch: content.epoch, head: content.head, witness: content.witness)
    }
  }

  /// Opens one file and compares it with what was stored of it; what is new of it is stored before it is told.
  ///
  /// - Parameter others: epochs of the chain's other files. A file that begins like one of them, because the agent
  ///   copied it, would have the same: it is given another, or a cursor would speak of two places.
  private func open(
    _ file: ChainFile, of entry: SessionEntry, beside others: Set<Epoch>
  ) async -> Result<OpenedFile, TailError> {
    let known = await remembered(file)
    let waits = unsavedIdentities[file.path] != nil
    if file.isDocument {
      switch await surveyor.document(file.path) {
      case .failure(let error) where error.errno == EAGAIN: return .success(.unfinished)
      case .failure(let error): return .failure(.unreadable("\(error)"))
      case .success(let document):
        let follower = DocumentFollower(document, known: known)
        while others.contains(follower.epoch) { follower.raiseIncarnation() }
        let row = follower.row(path: file.path, nowMS: clockMS())
        if row.incarnation != known?.incarnation || waits { await saveNow(row) } else { keep(row) }
        if let known, known.incarnation != row.incarnation {
          tellReplaced(entry.id, file.path, Epoch(row.epoch))
        }
        return .success(.document(follower))
      }
    }
    switch await surveyor.open(file.path, known: known) {
    case .failure(let error): return .failure(.unreadable("\(error)"))
    case .success(var opened):
      while let epoch = opened.identity?.epoch, others.contains(epoch) {
        opened.incarnation &+= 1
        opened.identity?.incarnation = opened.incarnation
        opened.replaced = true
      }
      if let row = opened.row(path: file.path, nowMS: clockMS()) {
        // A raised incarnation is durable before a cursor of it is told to anybody.
        if opened.replaced || known == nil || waits { await saveNow(row) } else { keep(row) }
      }
      if opened.replaced { tellReplaced(entry.id, file.path, opened.identity?.epoch) }
      return .success(.lines(opened))
    }
  }

  /// Goes over to a newer file of the chain that has content. The caller has read the current one to its end.
  func goOver(_ current: FollowedSession) {
    guard current.hasNext, !current.isPaused, let entry = catalog[current.session] else { return }
    let files = entry.files
    let next = files.firstIndex { $0.path == current.path }.map { files[($0 + 1)...] } ?? files[...]
    current.isPaused = true
    Task { await self.goOver(current, to: next, of: entry) }
  }

  private func goOver(
    _ current: FollowedSession, to files: ArraySlice<ChainFile>, of entry: SessionEntry
  ) async {
    var epochs = Set(current.earlier.compactMap(\.epoch))
    if let epoch = facts(of: current, entry).epoch { epochs.insert(epoch) }
    for file in files {
      let result = await open(file, of: entry, beside: epochs)
      guard followed[current.session] === current else { return }
      guard case .success(let open) = result, open.content != nil else { continue }
      current.isPaused = false
      // What was written to the older file while the newer one was being opened comes first.
      guard drain(current) else { return }
      let before = facts(of: current, entry)
      watcher.unwatch(linkedFile: current.path)
      unwatchedLinks.remove(current.path)
      current.enter(
        open.followerFromStart(file.path, limits), path: file.path,
        before: before.epoch == nil ? nil : before.alone)
      current.hasNext = catalog[current.session]?.path != file.path
      watchLink(current.session)
      return advance(current)
    }
    current.isPaused = false
    if current.isDirty {
      current.isDirty = false
      advance(current)
    }
  }

  /// Delivers the rest of the current file; false when that is not done at once. It is little: the file was at its
  /// end just before.
  private func drain(_ current: FollowedSession) -> Bool {
    let follower: Follower
    switch current.kind {
    case .awaited: return true
    case .lines(let lines): follower = lines
    case .document(let document):
      guard let now = try? FileFacts.of(current.path), now != document.facts else { return true }
      advance(current)
      return false
    }
    for _ in 0..<64 {
      let progress = follower.advance()
      deliver(progress.lines, of: current, follower)
      if current.isPaused { return false }
      if !progress.more, progress.lines.isEmpty { return true }
    }
    advance(current)
    return false
  }

  /// An older file of a chain may have changed. It is followed no more: what is added to it is read by who comes later;
  /// what is changed in it sends away who watches.
  func refreshEarlier(_ entry: SessionEntry, _ path: String, _ facts: Result<FileFacts, SystemError>) {
    guard let index = entry.earlier.firstIndex(where: { $0.path == path }) else { return }
    let before = entry.earlier[index].facts
    let now = try? facts.get()
    if let now, now != before {
      catalog.change(entry.id) { $0.earlier[index].facts = now }
      if let grown = catalog[entry.id] { news(.appended(grown)) }
    }
    guard let current = followed[entry.id] else { return }
    if current.path == path { return advance(current) }
    guard current.earlier.contains(where: { $0.path == path }), now != before else { return }
    if let now, now.inode == before.inode, now.device == before.device, now.size >= before.size { return }
    reopen(current)
  }

  /// Reads head and tail of an older file, and then of the ones after it: of most values the last one counts.
  func surveyEarlier(_ entry: SessionEntry, _ path: String) async {
    guard let file = entry.earlier.first(where: { $0.path == path }) else { return }
    let known = await remembered(file)
    let result = await surveyor.survey(path, agent: entry.agent, isDocument: file.isDocument, known: known)
    guard case .success(let survey) = result, let entry = catalog[entry.id],
      let index = entry.earlier.firstIndex(where: { $0.path == path })
    else { return }
    if followed[entry.id]?.path != path, let row = survey.opened.row(path: path, nowMS: clockMS()) {
      if survey.opened.replaced { await saveNow(row) } else { keep(row) }
    }
    catalog.change(entry.id) { entry in
      guard entry.earlier.indices.contains(index), entry.earlier[index].path == path else { return }
      var before = SessionEntry(entry, upTo: index)
      before.summary = before.foundation.map { $0.continued(by: survey.summary) } ?? survey.summary
      entry.earlier[index].summary = before.summary
      entry.earlier[index].summarised = survey.opened.facts
      if let epoch = survey.opened.identity?.epoch { entry.earlier[index].epoch = epoch }
    }
    guard let now = catalog[entry.id] else { return }
    surveying.add(index + 1 < now.earlier.count ? now.earlier[index + 1].path : now.path)
  }

  // MARK: Storing

  /// Stores a chain as it is now, before whoever changed it is answered.
  func saveChain(of id: String) async {
    guard let entry = catalog[id], entry.isBound else { return }
    unsavedChains.remove(entry.id)
    do {
      try await store.save(ChainRow(entry))
    } catch {
      unsavedChains.insert(entry.id)
    }
  }

  /// Stores the chains that changed and deletes the rows of what is no more.
  func saveChains() async {
    for id in unsavedChains { await saveChain(of: id) }
    for id in forgottenSessions {
      forgottenSessions.remove(id)
      guard catalog.sessions[id] == nil else { continue }
      if (try? await store.forgetSession(id: id)) == nil { forgottenSessions.insert(id) }
    }
    for id in forgottenChains {
      forgottenChains.remove(id)
      guard catalog.sessions[id]?.isBound != true else { continue }
      if (try? await store.forgetChain(id)) == nil { forgottenChains.insert(id) }
    }
  }

  /// Lists the sessions whose files are bound as an earlier run left them, before any file is discovered.
  func restoreChains(_ epochs: [String: Epoch]) async {
    for chain in (try? await store.chains()) ?? [] {
      guard let agent = AgentKind(rawValue: chain.agent), catalog.sessions[chain.sessionID] == nil else {
        continue
      }
      let saved = restored.removeValue(forKey: chain.sessionID)
      let none = FileFacts(device: 0, inode: 0, size: 0, modifiedNS: chain.createdMS * 1_000_000)
      var entry = SessionEntry(
        id: chain.sessionID, agent: agent, path: "", isDocument: false, parent: saved?.parent, facts: none,
        statusSinceMS: saved?.statusSinceMS ?? chain.createdMS, firstSeenMS: chain.createdMS)
      entry.isBound = true
      entry.startedIn = chain.cwd
      entry.summary.cwd = chain.cwd
      for file in chain.files {
        catalog.give(file.nativeID, to: entry.id)
        if restored.removeValue(forKey: file.nativeID) != nil { forgottenSessions.insert(file.nativeID) }
        guard !file.path.isEmpty else {
          entry.awaited.append(file.nativeID)
          continue
        }
        entry.extend(
          by: ChainFile(
            nativeID: file.nativeID, path: file.path,
            isDocument: agent == .gemini && file.path.hasSuffix(".json"),
            facts: (try? FileFacts.of(file.path)) ?? none, epoch: epochs[file.path]))
        surveying.add(file.path)
      }
      if let saved {
        entry.summary = saved.summary
        entry.counts = saved.counts
        entry.status = saved.status
        entry.reason = saved.reason
      }
      catalog.put(entry)
      if entry.status == .active { activeSessions.insert(entry.id) }
    }
  }
}

extension ChainRow {
  init(_ entry: SessionEntry) {
    self.init(
      sessionID: entry.id, agent: entry.agent.rawValue, cwd: entry.startedIn, createdMS: entry.firstSeenMS,
      files: entry.files.map { File(nativeID: $0.nativeID, path: $0.path) }
        + entry.awaited.map { File(nativeID: $0, path: "") })
  }
}

extension SessionEntry {
  /// The chain as it was while the earlier file of this index was its newest.
  fileprivate init(_ entry: SessionEntry, upTo index: Int) {
    self = entry
    earlier = Array(entry.earlier[..<index])
  }
}
