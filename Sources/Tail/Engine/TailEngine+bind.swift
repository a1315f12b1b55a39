import Glibc
import Store

/// Sessions that are started here: known before their first file is, and made of all files that their agent writes.
extension TailEngine {
  /// Lists a session whose agent is about to write, or expects one more file of a listed one. Streams of it say
  /// `hello` without a cursor and begin when a file appears.
  ///
  /// - Parameters:
  ///   - id: the session's id, of ours or (for one that was discovered) the agent's.
  ///   - cwd: where the agent runs.
  ///   - nativeID: the agent's id, if it is known before the agent starts: its file is then never listed by itself.
  /// - Throws: `TailError.taken` when the agent's id is another session's.
  public func expect(
    id: String, agent: AgentKind, cwd: String?, nativeID: String?
  ) async throws(TailError) {
    if let owner = catalog[id], owner.id != id { throw .taken(by: owner.id) }
    if let nativeID { try check(nativeID, for: id, agent: agent) }
    if catalog[id] == nil {
      let now = clockMS()
      var entry = SessionEntry(
        id: id, agent: agent, path: "", isDocument: false, parent: nil,
        facts: FileFacts(device: 0, inode: 0, size: 0, modifiedNS: now * 1_000_000), statusSinceMS: now,
        firstSeenMS: now)
      entry.isBound = true
      entry.startedIn = cwd
      entry.summary.cwd = cwd
      catalog.put(entry)
      unsavedSessions.insert(id)
      news(.expected(entry))
    }
    if let nativeID { claim(nativeID, for: id, path: nil) }
    await saveChain(of: id)
  }

  /// Says which file a session's transcript is, or goes on in: its first one, or the next of its chain.
  ///
  /// A session that was listed under the agent's id is this one from now on: its streams end with `bye`, and their
  /// cursors go on here. Returns when the binding is stored.
  /// - Parameters:
  ///   - id: the session, by any of its ids.
  ///   - nativeID: the agent's id of the run that writes the file.
  ///   - path: the file, if it is known; it counts only under a watched root of the session's agent. Without it, or
  ///     while it is not there, the file is bound when it is discovered.
  /// - Throws: `TailError.unknownSession`; `TailError.taken` when the agent's id is another session's;
  ///   `TailError.superseded` when it is an older one of this session: a chain has one order, and cursors of its older
  ///   files lead on into the newer ones.
  public func bind(_ id: String, nativeID: String, path: String?) async throws(TailError) {
    guard let entry = catalog[id] else { throw .unknownSession }
    try check(nativeID, for: entry.id, agent: entry.agent)
    if let newest = entry.nativeID, newest != nativeID,
      entry.earlier.contains(where: { $0.nativeID == nativeID })
    {
      throw .superseded(by: newest)
    }
    claim(nativeID, for: entry.id, path: path)
    await saveChain(of: entry.id)
  }

  /// Forgets a session that was started here. Files that it had are discovered sessions again.
  public func forget(_ id: String) async {
    guard let entry = catalog[id], entry.isBound else { return }
    unfollow(entry.id)
    drop(entry)
    news(.forgotten(entry))
    for file in entry.files { touch(file.path) }
    unsavedChains.remove(entry.id)
    do {
      try await store.forgetChain(entry.id)
    } catch {
      forgottenChains.insert(entry.id)
    }
  }

  /// Throws when an agent's id belongs to another session that is bound.
  private func check(_ nativeID: String, for id: String, agent: AgentKind) throws(TailError) {
    guard let other = catalog[nativeID], other.id != id else { return }
    guard other.isBound || other.agent != agent else { return }
    throw .taken(by: other.id)
  }

  /// Makes the files of an agent's id a session's. What was listed under that id goes into it.
  private func claim(_ nativeID: String, for id: String, path: String?) {
    // Of what is listed elsewhere a copy is made here.
    noteGrowth()
    adopt(id)
    if catalog.owner(of: nativeID) != id {
      let listed = catalog[nativeID]
      catalog.give(nativeID, to: id)
      catalog.change(id) { $0.awaited.append(nativeID) }
      // An agent that was given our id has one session, not two.
      if let listed, listed.id != id { absorb(listed, nativeID, into: id) }
    }
    guard let path, catalog[id]?.awaited.contains(nativeID) == true else { return }
    guard catalog.id(ofPath: path) != id else { return }
    // The path comes from whoever called the agent's hook: nothing is read that discovery would not have read.
    guard let root = root(of: path), root.agent == catalog[id]?.agent,
      !path.split(separator: "/").contains(where: { $0 == ".." || $0 == "." }),
      let name = TranscriptName(path: path, root: root)
    else {
      log("tail: \(path) is no transcript under a watched root; session \(id) waits for \(nativeID)")
      return
    }
    if let other = catalog.id(ofPath: path).flatMap({ catalog[$0] }) {
      if !other.isBound { absorb(other, nativeID, into: id) }
    } else if let facts = try? FileFacts.of(path), facts.isRegular {
      extend(id, by: ChainFile(nativeID: nativeID, path: path, isDocument: name.isDocument, facts: facts))
    }
  }

  /// A discovered session becomes one whose files are bound: the file that it has is the first of its chain.
  private func adopt(_ id: String) {
    guard let entry = catalog[id], !entry.isBound else { return }
    catalog.change(id) {
      $0.isBound = true
      $0.fileNativeID = id
    }
    catalog.give(id, to: id)
  }

  /// A session that was listed under the agent's id is another one's file.
  private func absorb(_ listed: SessionEntry, _ nativeID: String, into id: String) {
    unfollow(listed.id)
    drop(listed)
    for child in catalog.sessions.values where child.parent == listed.id {
      catalog.change(child.id) { $0.parent = id }
      unsavedSessions.insert(child.id)
    }
    news(.absorbed(listed, into: id))
    var file = listed.newest
    file.nativeID = nativeID
    extend(id, by: file)
  }

  /// Makes a file the newest one of a chain. Who watches goes over to it once the older one is read to its end.
  func extend(_ id: String, by file: ChainFile) {
    guard var entry = catalog[id] else { return }
    entry.extend(by: file)
    catalog.put(entry)
    unsavedSessions.insert(id)
    unsavedChains.insert(id)
    surveying.add(file.path)
    if isReady {
      scheduleSurvey()
      news(.updated(entry))
      news(.appended(entry))
    }
    if let current = followed[id] {
      current.hasNext = true
      advance(current)
    }
  }

  /// A file was found whose id a session has or expects. False when it is another file than that session's.
  func join(_ path: String, name: TranscriptName, facts: FileFacts, nativeID: String, to id: String) -> Bool {
    guard let entry = catalog[id] else { return false }
    if entry.awaited.contains(nativeID) {
      extend(
        id, by: ChainFile(nativeID: nativeID, path: path, isDocument: name.isDocument, facts: facts))
      return true
    }
    guard let index = entry.files.lastIndex(where: { $0.nativeID == nativeID }) else { return false }
    let old = entry.files[index]
    // Resuming an old document of Gemini's writes a log with the whole history beside it: the log is the session.
    if name.isDocument, !old.isDocument { return true }
    guard (try? FileFacts.of(old.path)) == nil || old.isDocument && !name.isDocument else { return false }
    unsavedChains.insert(id)
    if index == entry.earlier.count {
      move(entry, to: path, name: name, facts: facts)
    } else {
      var moved = entry
      moved.earlier[index].path = path
      moved.earlier[index].facts = facts
      catalog.put(moved)
    }
    return true
  }

  func unfollow(_ id: String) {
    guard let current = followed.removeValue(forKey: id) else { return }
    current.hasEnded = true
    noteGrowth(of: current)
    watcher.unwatch(linkedFile: current.path)
    unwatchedLinks.remove(current.path)
  }

  private func drop(_ entry: SessionEntry) {
    catalog.remove(entry.id)
    activeSessions.remove(entry.id)
    arrivals.removeAll { $0 == entry.id }
    unsavedSessions.remove(entry.id)
    restored[entry.id] = nil
    forgottenSessions.insert(entry.id)
  }
}
