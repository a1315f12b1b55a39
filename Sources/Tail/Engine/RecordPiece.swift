import Wire

/// One piece of a transcript after splitting its lines: a record or a damaged stretch.
public enum RecordPiece: Sendable {
  /// A record.
  case record(Record)
  /// Bytes that are none.
  case damage(Damage)

  /// The record, if it is one.
  public var record: Record? {
    if case .record(let record) = self { return record }
    return nil
  }

  /// The pieces of an item, in order.
  public static func pieces(of item: TailItem) -> [RecordPiece] {
    switch item {
    case .line(let bytes, let start, let end): return split(bytes, start: start, end: end)
    case .oversized(let start, let end): return [.damage(tooLarge(start, end))]
    case .message(let json, let start, let end): return [.record(Record(json: json, start: start, end: end))]
    }
  }

  /// The pieces of an assembled line, in order.
  static func pieces(of line: LineAssembler.Line) -> [RecordPiece] {
    switch line {
    case .whole(let bytes, let start, let end): return split(bytes, start: start, end: end)
    case .oversized(let start, let end): return [.damage(tooLarge(start, end))]
    }
  }

  private static func tooLarge(_ start: UInt64, _ end: UInt64) -> Damage {
    Damage(start: start, length: end - start, reason: .tooLarge, recovered: false)
  }

  private static func split(_ line: ArraySlice<UInt8>, start: UInt64, end: UInt64) -> [RecordPiece] {
    let pieces = splitLine(line)
    return pieces.enumerated().map { index, piece in
      switch piece {
      case .record(let json, _):
        return .record(Record(json: json, start: start, end: end))
      case .damaged(let range, let reason):
        let recovered = pieces[(index + 1)...].contains { if case .record = $0 { true } else { false } }
        return .damage(
          Damage(
            start: start + UInt64(range.lowerBound), length: UInt64(range.count),
            reason: Damage.Reason(reason),
            recovered: recovered))
      }
    }
  }
}

extension Damage.Reason {
  init(_ line: LineDamage) {
    switch line {
    case .malformed: self = .malformed
    case .nulRun: self = .nulRun
    case .invalidUTF8: self = .invalidUTF8
    case .unreadable: self = .unreadable
    }
  }
}
