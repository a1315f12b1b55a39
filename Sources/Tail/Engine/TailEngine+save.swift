import Store
import Wire

extension TailEngine {
  /// Stores what changed since the last time. What could not be stored is kept and tried again: the store says so in
  /// `/health`, and reading and streaming go on.
  func save() async {
    if !unsavedIdentities.isEmpty {
      let rows = unsavedIdentities
      unsavedIdentities = [:]
      do {
        try await store.save(Array(rows.values))
      } catch {
        unsavedIdentities.merge(rows) { newer, _ in newer }
      }
    }
    if !unsavedSessions.isEmpty {
      let ids = unsavedSessions
      unsavedSessions = []
      do {
        try await store.saveSessions(ids.compactMap { catalog[$0] }.map(SessionRow.init))
      } catch {
        unsavedSessions.formUnion(ids)
      }
    }
  }

  /// Takes what heads and tails said in an earlier run; a file that has not changed is not read again.
  func restoreSessions() async {
    guard let rows = try? await store.sessionRows() else { return }
    for row in rows {
      if let entry = SessionEntry(row) { restored[entry.id] = entry }
    }
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
      summary: entry.summary.saved)
  }
}
