import Wire

extension CodexDialect {
  /// A `session_meta`: the first is this file's own, a later one with another id stands before copied history.
  mutating func readSession(_ meta: JSONSlice, into events: inout [TranscriptEvent]) {
    if let id = meta["id"]?.string {
      if let own = sessionID, own != id {
        events.append(.branch(parent: id))
        return
      }
      sessionID = id
    }
    values.set(MetaKey.session, meta["id"], into: &events)
    values.set(MetaKey.parent, parent(meta), into: &events)
    values.set(MetaKey.agentID, meta["agent_nickname"], into: &events)
    values.set(MetaKey.cwd, meta["cwd"], into: &events)
    values.set(MetaKey.version, meta["cli_version"], into: &events)
    values.set(MetaKey.gitBranch, meta["git"]?["branch"], into: &events)
  }

  private func parent(_ meta: JSONSlice) -> JSONSlice? {
    let candidates = [
      meta["forked_from_id"], meta["parent_thread_id"],
      meta.member("source", "subagent", "thread_spawn", "parent_thread_id"),
    ]
    return candidates.lazy.compactMap { $0 }.first { $0.kind == .string }
  }
}
