import Reactor

extension TailEngine {
  /// Reads a document transcript anew on the archive thread and tells what changed.
  func advance(_ current: FollowedSession, _ follower: DocumentFollower) {
    let path = current.path
    guard !follower.isReading else {
      current.isDirty = true
      return
    }
    follower.isReading = true
    current.isDirty = false
    Task {
      let result = await self.surveyor.document(path)
      if case .success(let document) = result { await self.take(document, of: current, follower, path: path) }
      // Not before the news are out: a second reading would overtake a restart that is still being stored.
      follower.isReading = false
      // A half-written document gives nothing: the writer's next event brings the whole one.
      guard self.followed[current.session] === current else { return }
      if current.isDirty { self.advance(current) } else { self.goOver(current) }
    }
  }

  private func take(
    _ document: DocumentReader, of current: FollowedSession, _ follower: DocumentFollower, path: String
  ) async {
    guard followed[current.session] === current, current.follows(follower) else { return }
    let (items, restart) = follower.take(document)
    guard !items.isEmpty || restart != nil else { return }
    let row = follower.row(path: path, nowMS: clockMS())
    if restart != nil { await saveNow(row) } else { keep(row) }
    // Whoever watches by now was told of a later state.
    guard followed[current.session] === current, current.follows(follower) else { return }
    let epoch = follower.epoch
    let begins = current.takeBegins()
    note(epoch, of: current)
    if let restart, !begins, let entry = catalog[current.session] { news(.replaced(entry, restart)) }
    news(
      .batch(
        TailBatch(
          session: current.session, path: path, epoch: epoch, restart: begins ? nil : restart,
          begins: begins ? catalog[current.session].map { facts(of: current, $0) } : nil, items: items,
          head: follower.head, witness: follower.witness)))
  }
}
