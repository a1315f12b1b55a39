import Store
import Tail
import Wire

extension Archive {
  /// The place of a start point in the content that the facts name (STREAMS section 2).
  func locate(_ facts: TopicFacts, _ start: StartPoint) async -> Located {
    guard let epoch = facts.epoch else { return .at(offset: 0, part: nil) }
    do throws(ArchiveFault) {
      switch start {
      case .beginning:
        return .at(offset: 0, part: nil)
      case .cursor(let cursor):
        guard cursor.epoch == epoch else { return .reset(.unknownEpoch) }
        return try reading(facts) { (file) throws(TranscriptFile.Fault) in try locate(cursor, in: file) }
      case .tail(let count):
        let offset = try reading(facts) { (file) throws(TranscriptFile.Fault) in
          try file.start(ofLast: count, before: facts.head)
        }
        return .at(offset: offset, part: nil)
      case .since(let milliseconds, let after):
        // Later than T is the same as from the next millisecond on: records have no finer times.
        let (next, isBeyond) = milliseconds.addingReportingOverflow(after ? 1 : 0)
        return .at(offset: isBeyond ? facts.head : try await first(since: next, facts, epoch), part: nil)
      }
    } catch {
      if case .unreadable(let why) = error { return .unreadable(why) }
      return .changed
    }
  }

  private func locate(_ cursor: Cursor, in file: TranscriptFile) throws(TranscriptFile.Fault) -> Located {
    guard cursor.offset <= file.facts.head else { return .reset(.truncated) }
    guard try file.isBoundary(cursor.offset) else { return .reset(.notABoundary) }
    if cursor.part != nil, cursor.offset == 0 { return .reset(.notABoundary) }
    return .at(offset: cursor.offset, part: cursor.part)
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
