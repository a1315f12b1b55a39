import Store
import Tail
import Wire

extension Archive {
  /// A decoded stretch of history: from a start point on, or the newest lines before the one that ends at a cursor.
  ///
  /// - Parameter limit: most lines that say something; bookkeeping lines between them do not count.
  public func records(
    _ facts: TopicFacts, from start: StartPoint, before: Cursor? = nil, limit: Int
  ) async -> Result<HistoryPage, ArchiveFault> {
    guard facts.epoch != nil else {
      return .success(
        HistoryPage(lines: [], reset: nil, next: nil, hasMoreBefore: false, hasMoreAfter: false))
    }
    var reset: ResetReason?
    if let before {
      if let file = facts.file(before.epoch), before.offset <= file.head {
        return Result { () throws(ArchiveFault) in
          try newest(limit, before: before, in: file, isNewest: file.epoch == facts.epoch)
        }
      }
      reset = .unknownEpoch
    }
    var place: Cursor?
    switch await locate(facts, start) {
    case .at(let found): place = found
    case .reset(let why): reset = why
    case .changed: return .failure(.changed)
    case .unreadable(let why): return .failure(.unreadable(why))
    }
    let from = place
    let why = reset
    return Result { () throws(ArchiveFault) in
      if case .tail = start, why == nil { return try newest(limit, before: nil, in: facts, isNewest: true) }
      var page = try following(from ?? facts.start, limit, in: facts)
      page.reset = why
      return page
    }
  }

  /// Lines from a position on, over the ends of files.
  private func following(
    _ from: Cursor?, _ limit: Int, in facts: TopicFacts
  ) throws(ArchiveFault) -> HistoryPage {
    guard let from, var file = facts.file(from.epoch) else { throw .changed }
    var page = HistoryPage(
      lines: [], reset: nil, next: from, hasMoreBefore: from.offset > 0 || !file.earlier.isEmpty,
      hasMoreAfter: false)
    // The rest of a line of which the client has some parts is found by reading the line again; often it shows
    // nothing, so it does not count.
    let most = from.part == nil ? limit : limit + 1
    var (offset, part) = (from.offset, from.part)
    while true {
      guard let epoch = file.epoch else { throw .changed }
      let (start, rest, count) = (offset, part, most - page.lines.count)
      let (found, next, more) = try reading(file) { (file) throws(TranscriptFile.Fault) in
        let from = rest == nil ? start : try file.lineStart(endingAt: start)
        return try lines(from: from, to: file.facts.head, limit: count, in: file, epoch)
      }
      page.lines += found
      if let part, page.lines.first?.cursor.offset == from.offset { page.lines[0].after = part }
      page.next = Cursor(epoch: epoch, offset: next)
      let later = facts.file(after: epoch)
      page.hasMoreAfter = more || later != nil
      guard !more, page.lines.count < most, let later else { return page }
      (file, offset, part) = (later, 0, nil)
    }
  }

  /// The newest lines before the one that ends at a cursor, or of all, over the beginnings of files.
  private func newest(
    _ limit: Int, before cursor: Cursor?, in facts: TopicFacts, isNewest: Bool
  ) throws(ArchiveFault) -> HistoryPage {
    var file = facts
    var page: HistoryPage?
    while true {
      guard let epoch = file.epoch else { throw .changed }
      let newer = page?.lines ?? []
      let end = page == nil ? cursor?.offset : nil
      let found = try reading(file) { (file) throws(TranscriptFile.Fault) in
        var end = end ?? file.facts.head
        // A cursor is the id of the line that ends there: what stands before that line is asked for.
        if cursor != nil, newer.isEmpty, page == nil, end > 0, try file.isBoundary(end) {
          end = try file.lineStart(endingAt: end)
        }
        return try newest(limit - newer.count, before: end, in: file, epoch)
      }
      var all = page ?? found
      if page == nil {
        all.hasMoreAfter = found.hasMoreAfter || !isNewest
      } else {
        all.lines = found.lines + newer
      }
      all.hasMoreBefore = found.hasMoreBefore || !file.earlier.isEmpty
      page = all
      guard all.lines.count < limit, !found.hasMoreBefore, let previous = file.previous else { return all }
      file = previous
    }
  }

  /// The raw bytes of the line that ends at a cursor.
  public func line(_ facts: TopicFacts, at cursor: Cursor) -> Result<[UInt8], ArchiveFault> {
    Result { () throws(ArchiveFault) in
      guard let facts = facts.file(cursor.epoch), cursor.offset > 0, cursor.offset <= facts.head else {
        throw .noSuchRecord
      }
      let bytes = try reading(facts) { (file) throws(TranscriptFile.Fault) -> [UInt8]? in
        guard try file.isBoundary(cursor.offset) else { return [] }
        let start = try file.lineStart(endingAt: cursor.offset)
        guard facts.isDocument || cursor.offset - start <= UInt64(tail.maxRecordBytes) else { return nil }
        return try file.bytes(from: start, to: facts.isDocument ? cursor.offset : cursor.offset - 1)
      }
      guard let bytes else { throw .tooLarge }
      guard !bytes.isEmpty else { throw .noSuchRecord }
      return bytes
    }
  }

  /// Looks back further and further until enough lines that say something stand before `end`.
  private func newest(
    _ limit: Int, before end: UInt64, in file: TranscriptFile, _ epoch: Epoch
  ) throws(TranscriptFile.Fault) -> HistoryPage {
    var count = max(1, limit) * 2
    while true {
      let start = try file.last(count, before: end).start
      let (found, _, _) = try lines(from: start, to: end, limit: .max, in: file, epoch)
      if found.count >= limit || start == 0 {
        let kept = Array(found.suffix(limit))
        return HistoryPage(
          lines: kept, reset: nil, next: Cursor(epoch: epoch, offset: end),
          hasMoreBefore: start > 0 || kept.count < found.count, hasMoreAfter: end < file.facts.head)
      }
      count *= 4
    }
  }

  private func lines(
    from start: UInt64, to end: UInt64, limit: Int, in file: TranscriptFile, _ epoch: Epoch
  ) throws(TranscriptFile.Fault) -> (lines: [HistoryLine], next: UInt64, more: Bool) {
    var renderer = try state(file, at: start, view: .events, include: .standard).lines
    var lines: [HistoryLine] = []
    var next = start
    if start < end {
      try file.items(from: start) { item in
        guard item.end <= end else { return false }
        let (records, events) = renderer.read(item)
        next = item.end
        if !events.isEmpty {
          lines.append(
            HistoryLine(cursor: Cursor(epoch: epoch, offset: item.end), records: records, events: events))
        }
        return lines.count < limit
      }
    }
    return (lines, next, next < end)
  }
}
