import Reactor
import Store
import StreamServer
import Tail
import Wire

extension MessageQueue {
  /// Looks for rows of watched messages, and once more if the transcript grows meanwhile.
  func look(_ session: String) {
    guard let lane = lanes[session], !isStopped else { return }
    lane.looksAgain = true
    guard !lane.isLooking else { return }
    Task(executorPreference: loop) { await self.scan(session) }
  }

  private func scan(_ session: String) async { await scan(lane(session), session) }

  /// Reads the transcript on from where it was read, and moves the messages on whose rows it finds.
  func scan(_ lane: MessageLane, _ session: String) async {
    guard !lane.isLooking else {
      lane.looksAgain = true
      return
    }
    lane.isLooking = true
    defer { lane.isLooking = false }
    repeat {
      lane.looksAgain = false
      lane.lookedAt = loop.now
      do throws(StoreError) {
        try await learnTaken(lane, session)
        let (rows, end) = await rows(of: session, after: lane.position)
        let fresh = rows.filter { !lane.taken.contains($0.cursor) }
        let found = RowMatcher.match(fresh, wanted: lane.watched.map(\.text)).map { match in
          (id: lane.watched[match.index].id, cursor: match.cursor)
        }
        if !found.isEmpty { try await seen(found, lane) }
        if let end { lane.position = end }
      } catch {
        return note("messages: the queue cannot be stored: \(error)")
      }
      forgetOld(lane)
    } while lane.looksAgain && !lane.watched.isEmpty && !isStopped
  }

  /// Rows that were found by a server before this one are no other message's.
  private func learnTaken(_ lane: MessageLane, _ session: String) async throws(StoreError) {
    guard !lane.knowsTaken else { return }
    let known = try await store.read { (reader) throws(StoreError) in
      try reader.query(
        "SELECT seen_at FROM outgoing WHERE session_id = ? AND seen_at IS NOT NULL", [session],
        row: { $0.text(0) })
    }
    lane.taken.formUnion(known.compactMap { Cursor($0) })
    lane.knowsTaken = true
  }

  private func rows(of session: String, after position: Cursor?) async -> (rows: [TypedRow], end: Cursor?) {
    var rows: [TypedRow] = []
    var at = position
    while let facts = try? await sessions.facts(session), facts.epoch != nil {
      let start = at.map { StartPoint.cursor($0) } ?? .beginning
      guard case .success(let page) = await history.records(facts, from: start, before: nil, limit: 500)
      else {
        break
      }
      for line in page.lines {
        rows += TypedRow.rows(of: HistoryEvents(cursor: line.cursor, events: line.events))
      }
      guard let next = page.next, next != at else { break }
      at = next
      guard page.hasMoreAfter else { break }
    }
    return (rows, at)
  }

  private func seen(_ found: [(id: String, cursor: Cursor)], _ lane: MessageLane) async throws(StoreError) {
    let now = clockMS()
    try await feed.commit { (database) throws(StoreError) in
      var changes: [Change] = []
      for (id, cursor) in found {
        let before = try database.outgoing(id)?.state
        guard let message = try database.settle(id, .seen, seenAt: cursor, nowMS: now) else { continue }
        // A row is proof of delivery too.
        if before == .queued { changes.append(message.change(now, as: .delivered)) }
        changes.append(message.change(now))
      }
      return ((), changes)
    }
    lane.taken.formUnion(found.map(\.cursor))
    lane.watched.removeAll { watched in found.contains { $0.id == watched.id } }
  }

  /// What has no row after so long will not get one.
  private func forgetOld(_ lane: MessageLane) {
    let oldest = clockMS() - keepMS
    lane.watched.removeAll { $0.sinceMS < oldest && $0.id != lane.current }
    if lane.taken.count > 4096, let position = lane.position {
      lane.taken = lane.taken.filter { $0.epoch == position.epoch && $0.offset + (1 << 20) > position.offset }
    }
  }
}
