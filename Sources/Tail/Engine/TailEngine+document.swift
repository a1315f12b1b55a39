import Reactor

extension TailEngine {
  /// Reads a document transcript anew on the archive thread and tells what changed.
  func advance(_ current: FollowedSession, _ follower: DocumentFollower) {
    guard !follower.isReading, let path = catalog[current.session]?.path else {
      current.isDirty = true
      return
    }
    follower.isReading = true
    current.isDirty = false
    Task {
      let result = await self.surveyor.document(path)
      follower.isReading = false
      if case .success(let document) = result { await self.take(document, of: current, follower, path: path) }
      // A half-written document gives nothing: the writer's next event brings the whole one.
      if current.isDirty, self.followed[current.session] === current { self.advance(current, follower) }
    }
  }

  private func take(
    _ document: DocumentReader, of current: FollowedSession, _ follower: DocumentFollower, path: String
  ) async {
    let (items, restart) = follower.take(document)
    guard !items.isEmpty || restart != nil else { return }
    let row = follower.row(path: path, nowMS: clockMS())
    if restart != nil { try? await store.save([row]) } else { keep(row) }
    let epoch = follower.epoch
    catalog.change(current.session) { $0.epoch = epoch }
    if let restart, let entry = catalog[current.session] { news(.replaced(entry, restart)) }
    news(
      .batch(
        TailBatch(
          session: current.session, epoch: epoch, restart: restart, items: items, head: follower.head,
          witness: follower.witness)))
  }
}
