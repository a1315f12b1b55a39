import Glibc
import Reactor

extension TailEngine {
  /// Watches and lists directories and all below them. A watch is set before its directory is listed: what is made
  /// in between is then either listed or told; a file made together with its directory is never told.
  func discover(_ directories: [String]) async {
    var pending = directories
    // Polled directories are asked for by name and found again below each other.
    var seen = Set(directories)
    while !pending.isEmpty, !isStopped {
      let batch = Array(pending.prefix(256))
      pending.removeFirst(batch.count)
      let present = batch.filter { watch(directory: $0) }
      for listing in await surveyor.list(present) {
        pending += await take(listing).filter { seen.insert($0).inserted || $0 == listing.directory }
      }
    }
  }

  /// Lists everything again, whatever the events said: the backstop for lost events and for changes that give none.
  func reconcile() async {
    reconciles += 1
    await discover(roots.map(\.directory))
    for followed in followed.values { advance(followed) }
  }

  /// Lists the directories that no watch covers, and looks whether a missing root has appeared.
  func poll() async {
    for path in unwatchedLinks { touch(path) }
    guard !polled.isEmpty || !absentRoots.isEmpty else { return }
    await discover(Array(polled.keys) + absentRoots)
  }

  /// The inotify queue has something.
  func drainWatcher() {
    let (news, more) = watcher.drain()
    // New names first: a file that was moved is found under its new name before it is missed under the old one.
    for path in news.files where catalog.id(ofPath: path) == nil { touch(path) }
    for path in news.files where catalog.id(ofPath: path) != nil { touch(path) }
    for name in news.written where !news.files.contains(name.path) { touch(written: name) }
    if news.overflowed {
      overflows += 1
      log("tail: the inotify queue overflowed; everything is listed again")
    }
    for directory in news.lostDirectories { lose(directory) }
    if news.overflowed || !news.directories.isEmpty {
      let directories = Array(news.directories)
      Task {
        await self.discover(directories)
        if news.overflowed { await self.reconcile() }
      }
    }
    if more {
      loop.again()
    } else if let registration, let time = pace.looked(at: .current(), events: news.events) {
      loop.rest(registration, for: time)
    }
  }

  /// Something happened to a file's name or content.
  func touch(_ path: String) {
    if let id = catalog.id(ofPath: path) {
      refresh(
        id, path: path, facts: Result { () throws(SystemError) in try FileFacts.of(path) }, isFresh: true)
    } else if let root = root(of: path), let name = TranscriptName(path: path, root: root) {
      guard let facts = try? FileFacts.of(path), facts.isRegular else { return }
      add(path, root: root, name: name, facts: facts)
    }
  }

  /// Takes one listing; gives the directories to go on with.
  private func take(_ listing: DirectoryListing) async -> [String] {
    guard let root = root(of: listing.directory + "/") else { return [] }
    if let failure = listing.failure {
      guard failure.errno == ENOENT || failure.errno == ENOTDIR else { return [] }
      lose(listing.directory)
      // It may be there again by now, and have lost the watch that was set on it since.
      return (try? FileFacts.of(listing.directory))?.isDirectory == true ? [listing.directory] : []
    }
    if listing.isRemote { polled[listing.directory] = .remote }
    var missing = catalog.paths(in: listing.directory)
    var unnamed: [(path: String, name: TranscriptName, facts: FileFacts)] = []
    for file in listing.files {
      missing.remove(file.path)
      if let id = catalog.id(ofPath: file.path) {
        // Events were read while the listing was made: what differs may be older than what is known.
        if (try? file.facts.get()) == catalog[id]?.facts {
          refresh(id, path: file.path, facts: file.facts)
        } else {
          touch(file.path)
        }
      } else if let name = TranscriptName(path: file.path, root: root), let facts = try? file.facts.get() {
        guard facts.isRegular else { continue }
        // Their ids are read together, and before a start is complete: else each would be news at every start.
        if root.agent == .gemini {
          unnamed.append((file.path, name, facts))
        } else {
          add(file.path, root: root, name: name, facts: facts)
        }
      }
    }
    for path in missing { touch(path) }
    let ids = await surveyor.nativeIDs(unnamed.map(\.path))
    for (file, id) in zip(unnamed, ids) {
      if let id { addGemini(file.path, root: root, name: file.name, facts: file.facts, id: id) }
    }
    let depth = listing.directory.dropFirst(root.directory.count).split(separator: "/").count
    return depth < limits.maxDepth ? listing.directories : []
  }

  /// Puts a new transcript into the catalog.
  private func add(_ path: String, root: Root, name: TranscriptName, facts: FileFacts) {
    if root.agent == .gemini {
      // Gemini keeps the id inside: the file is no session before it holds one.
      Task {
        guard let id = await self.surveyor.nativeIDs([path]).first ?? nil else { return }
        self.addGemini(path, root: root, name: name, facts: facts, id: id)
      }
      return
    }
    insert(path, root: root, name: name, facts: facts, id: name.id)
  }

  private func addGemini(_ path: String, root: Root, name: TranscriptName, facts: FileFacts, id: String) {
    guard catalog.id(ofPath: path) == nil else { return }
    if catalog.owner(of: id) == nil, let old = catalog[id], old.path != path {
      // Resuming an old document writes a log with the whole history beside it: the log is the session.
      if name.isDocument && !old.isDocument { return }
      if old.isDocument && !name.isDocument { delist(id) }
    }
    defer { supersede(id) }
    // The file may have grown while its id was being read, and that event had no session to go to.
    insert(path, root: root, name: name, facts: (try? FileFacts.of(path)) ?? facts, id: id)
  }

  private func insert(_ path: String, root: Root, name: TranscriptName, facts: FileFacts, id wanted: String) {
    if let owner = catalog.owner(of: wanted) {
      if catalog[owner]?.agent == root.agent,
        join(path, name: name, facts: facts, nativeID: wanted, to: owner)
      {
        return
      }
    } else if let old = catalog[wanted], old.path != path, (try? FileFacts.of(old.path)) == nil {
      if old.agent == root.agent { return move(old, to: path, name: name, facts: facts) }
      delist(wanted)
    }
    let entry = SessionEntry(
      id: catalog.freeID(wanted, path: path), agent: root.agent, path: path, isDocument: name.isDocument,
      parent: name.parent.map(catalog.listed), facts: facts, statusSinceMS: clockMS(),
      firstSeenMS: min(clockMS(), facts.modifiedNS / 1_000_000))
    if let known = restored.removeValue(forKey: entry.id), known.path == path {
      catalog.put(known)
      if known.status == .active { activeSessions.insert(known.id) }
      if known.summarised == facts, known.status == .active || known.status == .idle { return }
      catalog.change(entry.id) { $0.facts = facts }
    } else {
      catalog.put(entry)
      if !isReady { arrivals.append(entry.id) }
    }
    surveying.add(path)
    unsavedSessions.insert(entry.id)
    if isReady, let current = catalog[entry.id] {
      news(.created(current))
      scheduleSurvey()
    }
  }

  /// A transcript has another path: who watches it goes on there.
  func move(_ old: SessionEntry, to path: String, name: TranscriptName, facts: FileFacts) {
    watcher.unwatch(linkedFile: old.path)
    unwatchedLinks.remove(old.path)
    var entry = old
    entry.path = path
    entry.isDocument = name.isDocument
    entry.parent = name.parent.map(catalog.listed) ?? old.parent
    catalog.put(entry)
    if let current = followed[old.id], current.path == old.path, case .lines(let follower) = current.kind {
      current.path = path
      follower.path = path
      keep(follower.row(nowMS: clockMS()))
      tellMoved(current)
    }
    watchLink(old.id)
    unsavedSessions.insert(old.id)
    if isReady { news(.updated(entry)) }
    surveying.add(path)
    scheduleSurvey()
    refresh(old.id, path: path, facts: .success(facts))
  }

  /// Sessions of an earlier run whose transcripts are gone: whoever knew them is told.
  func closeLostSessions() {
    for (id, entry) in restored where entry.status != .closed && catalog[id] == nil {
      guard let root = root(of: entry.path), !absentRoots.contains(root.directory),
        (try? FileFacts.of(entry.path)) == nil
      else { continue }
      restored[id] = nil
      catalog.put(entry)
      setStatus(id, .closed, reason: "the transcript was deleted")
    }
    for (id, entry) in catalog.sessions where entry.isBound && entry.hasTranscript && entry.facts.inode == 0 {
      guard let root = root(of: entry.path), !absentRoots.contains(root.directory) else { continue }
      setStatus(id, .closed, reason: "the transcript was deleted")
    }
  }

  /// Tells of sessions that were made while no server ran. At the very first start nobody knows any session, and all
  /// of them would be news.
  func announceArrivals() async {
    let found = arrivals
    arrivals = []
    guard let rows = try? await store.changeLogRange(), rows.newest > 0 else { return }
    for entry in found.compactMap({ catalog[$0] }) { news(.created(entry)) }
  }

  private func delist(_ id: String) {
    catalog.remove(id)
    unsavedSessions.remove(id)
  }

  /// A directory went away: what was in it is looked at by name.
  private func lose(_ directory: String) {
    watcher.forget(directory: directory)
    for path in polled.keys where path == directory || path.hasPrefix(directory + "/") { polled[path] = nil }
    for path in catalog.paths(below: directory) { touch(path) }
    if roots.contains(where: { $0.directory == directory }) { absentRoots.insert(directory) }
  }

  /// True when the directory is there. A root that is not there yet is looked for until it is.
  private func watch(directory: String) -> Bool {
    switch watcher.watch(directory: directory) {
    case .watched:
      absentRoots.remove(directory)
      if polled[directory] != .remote { polled[directory] = nil }
      return true
    case .polled(let reason):
      absentRoots.remove(directory)
      if polled[directory] == nil, let reason {
        log("tail: \(directory) cannot be watched (\(String(cString: strerror(reason)))), polling it")
      }
      polled[directory] = reason.map { .failed(errno: $0) } ?? .wanted
      return true
    case .missing:
      // It went while events were dropped.
      if watcher.isWatching(directory: directory) || polled[directory] != nil { lose(directory) }
      if roots.contains(where: { $0.directory == directory }) { absentRoots.insert(directory) }
      return false
    }
  }

  func root(of path: String) -> Root? {
    roots.first { path.hasPrefix($0.directory + "/") }
  }
}
