import Glibc
import Tail
import Wire

/// Renders the `raw` view: the records' own bytes, and `damaged` for what is none. It has no memory.
struct RawView: Sendable {
  let json: ViewJSON

  static func parts(_ records: [Record], _ events: [TranscriptEvent]) -> Int {
    records.count + damages(events).count
  }

  /// Damage comes first: what stands on a line before a record that was recovered from it.
  func frames(at line: Cursor, records: [Record], events: [TranscriptEvent]) -> [Frame] {
    var numbers = PartNumbers(total: RawView.parts(records, events))
    var frames: [Frame] = []
    for damage in RawView.damages(events) {
      var writer = JSONWriter(reserving: 192)
      json.damage(damage, at: line, into: &writer)
      frames.append(Frame(event: "damaged", data: writer.take(), id: numbers.next()))
    }
    for record in records {
      frames.append(Frame(data: RawView.oneLine(record.json.bytes), id: numbers.next()))
    }
    return frames
  }

  private static func damages(_ events: [TranscriptEvent]) -> [Damage] {
    events.compactMap { if case .damaged(let damage) = $0 { damage } else { nil } }
  }

  /// In valid JSON a line break can only be white space between tokens; as it stands it would end the SSE field.
  private static func oneLine(_ record: ArraySlice<UInt8>) -> [UInt8] {
    var bytes = Array(record)
    bytes.withUnsafeMutableBytes { buffer in
      guard let base = buffer.baseAddress else { return }
      for lineBreak in [Int32(0x0A), 0x0D] {
        var rest = 0
        while rest < buffer.count, let hit = memchr(base + rest, lineBreak, buffer.count - rest) {
          rest = hit - base + 1
          buffer[rest - 1] = UInt8(ascii: " ")
        }
      }
    }
    return bytes
  }
}
