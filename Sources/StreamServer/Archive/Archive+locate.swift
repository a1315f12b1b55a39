import Store
import Tail
import Wire

extension Archive {
  /// The place of a start point in the chain of files that the facts name (STREAMS section 2). The facts have content.
  func locate(_ facts: TopicFacts, _ start: StartPoint) async -> Located {
    guard let beginning = facts.start, let epoch = facts.epoch else { return .changed }
    do throws(ArchiveFault) {
      switch start {
      case .beginning:
        return .at(beginning)
      case .cursor(let cursor):
        guard let named = facts.file(cursor.epoch) else { return .reset(.unknownEpoch) }
        return try reading(named) { (file) throws(TranscriptFile.Fault) in try locate(cursor, in: file) }
      case .tail(let count):
        return .at(try last(count, facts))
      case .since(let milliseconds, let after):
        // Later than T is the same as from the next millisecond on: records have no finer times.
        let (next, isBeyond) = milliseconds.addingReportingOverflow(after ? 1 : 0)
        if !isBeyond {
          for file in facts.chain {
            guard let epoch = file.epoch else { continue }
            let offset = try await first(since: next, file, epoch)
            if offset < file.head { return .at(Cursor(epoch: epoch, offset: offset)) }
          }
        }
        return .at(Cursor(epoch: epoch, offset: facts.head))
      }
    } catch {
      if case .unreadable(let why) = error { return .unreadable(why) }
      return .changed
    }
  }

  /// Where the last lines of the chain begin.
  private func last(_ count: Int, _ facts: TopicFacts) throws(ArchiveFault) -> Cursor {
    var remaining = count
    var file = facts
    while true {
      guard let epoch = file.epoch else { throw .changed }
      let (wanted, head) = (remaining, file.head)
      let (start, found) = try reading(file) { (file) throws(TranscriptFile.Fault) in
        try file.last(wanted, before: head)
      }
      remaining -= found
      guard remaining > 0, let previous = file.previous else { return Cursor(epoch: epoch, offset: start) }
      file = previous
    }
  }

  private func locate(_ cursor: Cursor, in file: TranscriptFile) throws(TranscriptFile.Fault) -> Located {
    guard cursor.offset <= file.facts.head else { return .reset(.truncated) }
    guard try file.isBoundary(cursor.offset) else { return .reset(.notABoundary) }
    if cursor.part != nil, cursor.offset == 0 { return .reset(.notABoundary) }
    return .at(cursor)
  }

  /// The last indexed position before which every record is older; everything is searched from 0 without an index.
  private func indexed(_ facts: TopicFacts, _ epoch: Epoch, before milliseconds: Int64) async
    -> TimeIndexEntry?
  {
    guard !facts.isDocument else { return nil }
    let entry = try? await store.timeIndex(
      TimeIndexKey(path: facts.path, epoch: epoch.value), before: milliseconds)
    guard let entry, entry.offset <= facts.head else { return nil }
    return entry
  }

  /// The start of the first line at which the newest timestamp seen so far reaches a time: that line's own time is
  /// the one that does.
  private func first(
    since milliseconds: Int64, _ facts: TopicFacts, _ epoch: Epoch
  ) async throws(ArchiveFault) -> UInt64 {
    var at = await indexed(facts, epoch, before: milliseconds)?.offset ?? 0
    while at < facts.head {
      let step = try reading(facts) { (file) throws(TranscriptFile.Fault) in
        try file.search(since: milliseconds, from: at, bytes: Self.searchStep)
      }
      switch step {
      case .found(let offset): return offset
      case .older(let through): at = through
      }
      // A file without an index is read to the place: what others wait for goes first, every few milliseconds.
      await Task.yield()
    }
    return facts.head
  }

  /// Bytes that are searched in one go.
  private static let searchStep: UInt64 = 32 << 20
}
