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
    guard let epoch = facts.epoch else {
      return .success(
        HistoryPage(lines: [], reset: nil, next: nil, hasMoreBefore: false, hasMoreAfter: false))
    }
    var end = facts.head
    var reset: ResetReason?
    if let before {
      if before.epoch == epoch, before.offset <= facts.head {
        end = before.offset
      } else {
        reset = .unknownEpoch
      }
    }
    var offset: UInt64 = 0
    var part: Int?
    var backwards = before != nil && reset == nil
    if !backwards {
      switch await locate(facts, start) {
      case .at(let found, let within): (offset, part) = (found, within)
      case .reset(let why): reset = why
      case .changed: return .failure(.changed)
      case .unreadable(let why): return .failure(.unreadable(why))
      }
      if case .tail = start, reset == nil { backwards = true }
    }
    let upTo = end
    return Result { () throws(ArchiveFault) in
      try reading(facts) { (file) throws(TranscriptFile.Fault) in
        var end = upTo
        if backwards {
          // A cursor is the id of the line that ends there: what stands before that line is asked for.
          if before != nil, end > 0, try file.isBoundary(end) { end = try file.lineStart(endingAt: end) }
          return try newest(limit, before: end, in: file, epoch)
        }
        // The rest of a line of which the client has some parts is found by reading the line again; often it shows
        // nothing, so it does not count.
        let from = part == nil ? offset : try file.lineStart(endingAt: offset)
        let most = part == nil ? limit : limit + 1
        var (lines, next, more) = try lines(from: from, to: end, limit: most, in: file, epoch)
        if let part, lines.first?.cursor.offset == offset { lines[0].after = part }
        return HistoryPage(
          lines: lines, reset: reset, next: Cursor(epoch: epoch, offset: next), hasMoreBefore: offset > 0,
          hasMoreAfter: more)
      }
    }
  }

  /// The raw bytes of the line that ends at a cursor.
  public func line(_ facts: TopicFacts, at cursor: Cursor) -> Result<[UInt8], ArchiveFault> {
    Result { () throws(ArchiveFault) in
      guard facts.epoch == cursor.epoch, cursor.offset > 0, cursor.offset <= facts.head else {
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
      let start = try file.start(ofLast: count, before: end)
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
