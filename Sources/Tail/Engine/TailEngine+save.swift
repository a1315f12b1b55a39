import Reactor
import Store
import Wire

extension TailEngine {
  /// Stores what changed since the last time. What could not be stored is kept and tried again: the store says so in
  /// `/health`, and reading and streaming go on.
  func save() async {
    if Instant.current() - identitiesSaved >= Self.identityInterval { await saveIdentities() }
    if !unsavedSessions.isEmpty {
      let ids = unsavedSessions
      unsavedSessions = []
      do {
        try await store.saveSessions(ids.compactMap { catalog[$0] }.map(SessionRow.init))
      } catch {
        unsavedSessions.formUnion(ids)
      }
    }
    await saveChains()
  }

  /// The position of a file that grows is behind by this much, or the rest after a storing, when the server is killed: what
  /// was read up to there is still proven, and a thousand writers cost a thousand rows a second at most.
  static let identityInterval = Duration.seconds(1)

  /// Stores how far files were read, as proof of their content for the next start.
  func saveIdentities() async {
    gatherRows()
    guard !unsavedIdentities.isEmpty else { return }
    identitiesSaved = .current()
    let rows = unsavedIdentities
    unsavedIdentities = [:]
    do {
      try await store.save(Array(rows.values))
    } catch {
      unsavedIdentities.merge(rows) { newer, _ in newer }
    }
  }

  /// Stores a row before anything that it speaks of is told. What waited to be stored of the same file is older.
  func saveNow(_ row: FileIdentityRow) async {
    unsavedIdentities[row.path] = nil
    do {
      try await store.save([row])
    } catch {
      if unsavedIdentities[row.path] == nil { keep(row) }
    }
  }

  /// What is remembered of a transcript. A row that waits to be stored is newer than the stored one; a file that was
  /// moved is known by its inode.
  func remembered(_ file: ChainFile) async -> FileIdentityRow? {
    gatherRows()
    if let row = unsavedIdentities[file.path] { return row }
    if let row = try? await store.identity(path: file.path) { return row }
    let (device, inode) = (file.facts.device, file.facts.inode)
    if let row = unsavedIdentities.values.first(where: { $0.device == device && $0.inode == inode }) {
      return row
    }
    return file.isDocument ? nil : try? await store.identities(device: device, inode: inode).first
  }

  /// Takes what heads and tails said in an earlier run; a file that has not changed is not read again.
  func restoreSessions() async {
    guard let rows = try? await store.sessionRows() else { return }
    let identities = (try? await store.identities()) ?? []
    let epochs = Dictionary(identities.map { ($0.path, Epoch($0.epoch)) }) { first, _ in first }
    restored = await surveyor.restore(rows, epochs)
    await restoreChains(epochs)
  }
}

extension SessionRow {
  init(_ entry: SessionEntry) {
    self.init(
      id: entry.id, agent: entry.agent.rawValue, path: entry.path, title: entry.summary.title,
      cwd: entry.summary.cwd, model: entry.summary.model, createdMS: entry.createdMS,
      updatedMS: entry.updatedMS,
      lastMessage: entry.summary.lastMessage,
      lastMessageMS: entry.summary.lastTimestamp.flatMap { Timestamp($0)?.milliseconds },
      messages: entry.counts?.messages, turns: entry.counts?.turns, status: entry.status.rawValue,
      reason: entry.reason, parent: entry.parent, bytes: entry.summarised?.size ?? 0,
      mtimeNS: entry.summarised?.modifiedNS ?? 0, device: entry.facts.device, inode: entry.facts.inode,
      summary: entry.summary.saved(with: entry.counts?.usage))
  }
}
