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
        let from = await indexed(facts, epoch, before: milliseconds)
        let offset = try reading(facts) { (file) throws(TranscriptFile.Fault) in
          try since(milliseconds, after: after, in: file, from: from)
        }
        return .at(offset: offset, part: nil)
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

  /// The start of the first line at which the newest timestamp seen so far reaches (or exceeds) a time.
  private func since(
    _ milliseconds: Int64, after: Bool, in file: TranscriptFile, from entry: TimeIndexEntry?
  ) throws(TranscriptFile.Fault) -> UInt64 {
    var start = entry?.offset ?? 0
    var found = file.facts.head
    try file.items(from: start) { item in
      for case .record(let record) in RecordPiece.pieces(of: item) {
        guard let time = RecordTime.milliseconds(of: record.json) else { continue }
        if after ? time > milliseconds : time >= milliseconds {
          found = start
          return false
        }
      }
      start = item.end
      return true
    }
    return found
  }
}

/// Finds the time of a record, whatever agent wrote it.
enum RecordTime {
  /// Milliseconds since 1970 of the outer `timestamp`; nil for records that have none.
  static func milliseconds(of record: JSONSlice) -> Int64? {
    guard record.kind == .object, let stamp = record["timestamp"] else { return nil }
    switch stamp.kind {
    case .string: return Timestamp(iso8601: stamp.bytes.dropFirst().dropLast())?.milliseconds
    case .number: return stamp.int
    default: return nil
    }
  }
}
