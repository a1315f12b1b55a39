import Wire

/// The texts that one lane showed and the other may repeat: Codex writes most texts twice, as an event and as an item.
/// A value inside the Codex dialect.
///
/// Whichever comes first is shown. The twins stand next to each other in either order, so a text is kept for
/// `distance` records and no longer: the same words later in the session are new words.
struct CodexTwins: Sendable {
  enum Lane: Sendable { case item, event }

  private struct Shown: Sendable {
    var print: UInt64
    var lane: Lane
    var record: UInt64
  }
  private let distance: UInt64
  private var shown: [Shown] = []
  private var record: UInt64 = 0

  init(limits: DecoderLimits) {
    distance = UInt64(limits.twinDistance)
  }

  /// The next record is read.
  mutating func advance() {
    record += 1
    if let first = shown.first, first.record + distance < record {
      shown.removeAll { $0.record + distance < record }
    }
  }

  /// True when the other lane showed this text, which it thereby has no longer; else `lane` has shown it now.
  mutating func isTwin(_ print: UInt64, from lane: Lane) -> Bool {
    if let index = shown.firstIndex(where: { $0.print == print && $0.lane != lane }) {
      shown.remove(at: index)
      return true
    }
    // One record with thousands of parts must not make every later search long.
    if shown.count >= 4 * Int(distance) { shown.removeFirst() }
    shown.append(Shown(print: print, lane: lane, record: record))
    return false
  }

  /// The hash of a text that may be cut into parts; a citation behind it stands in one lane only.
  static func print(of parts: [JSONSlice], as kind: UInt64) -> UInt64 {
    if parts.count == 1 { return fingerprint(trimmed(parts[0].bytes.dropFirst().dropLast()), seed: kind) }
    var whole: [UInt8] = []
    for part in parts { whole += part.bytes.dropFirst().dropLast() }
    return fingerprint(trimmed(whole[...]), seed: kind)
  }

  private static let citation = Array("<oai-mem-citation>".utf8)

  private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var text = text
    // The citation is the end of an answer and short.
    let tail = text.suffix(4_096)
    if var at = tail.lastIndex(of: citation[0]) {
      while at >= tail.startIndex {
        if tail[at...].starts(with: citation) {
          text = text[..<at]
          break
        }
        guard let next = tail[..<at].lastIndex(of: citation[0]) else { break }
        at = next
      }
    }
    while true {
      if text.last == UInt8(ascii: " ") {
        text = text.dropLast()
      } else if text.suffix(2).elementsEqual("\\n".utf8) {
        text = text.dropLast(2)
      } else {
        return text
      }
    }
  }
}
