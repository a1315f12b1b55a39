import Glibc

/// Makes the lines of a transcript: JSON of a wanted length whose content no two lines share.
///
/// A line reads `{"seq":N,"ns":WALL,"role":"assistant","content":"NAME N …"}`; `content` needs no escape, so
/// that the text of a message made from it is the same bytes.
struct LinePattern: Sendable {
  /// Shortest line, in bytes with its LF.
  static let shortest = 160
  /// Longest line, in bytes with its LF.
  static let longest = 8 << 20

  let name: [UInt8]
  private let sizes: ClosedRange<Int>
  private let padding: [UInt8]
  private var random: SplitMix

  /// Lines of `sizes` bytes, LF included, that name `name`.
  init(name: String, sizes: ClosedRange<Int>, seed: UInt64) {
    self.name = Array(name.utf8)
    self.sizes = sizes
    random = SplitMix(seed: seed)
    let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,-_".utf8)
    var padding: [UInt8] = []
    padding.reserveCapacity(sizes.upperBound + 4096)
    while padding.count < sizes.upperBound + 4096 {
      padding.append(letters[Int(random.next() % UInt64(letters.count))])
    }
    self.padding = padding
  }

  /// Appends line number `sequence`, stamped `wall` nanoseconds since 1970.
  mutating func append(_ sequence: Int, wall: UInt64, to target: inout [UInt8]) {
    let start = target.count
    target.append("{\"seq\":")
    target.append(decimal: UInt64(sequence))
    target.append(",\"ns\":")
    target.append(decimal: wall)
    target.append(",\"role\":\"assistant\",\"content\":\"")
    target.append(contentsOf: name)
    target.append(UInt8(ascii: " "))
    target.append(decimal: UInt64(sequence))
    target.append(UInt8(ascii: " "))
    let size = sizes.count == 1 ? sizes.lowerBound : Int(random.next(in: sizes))
    let rest = max(0, size - (target.count - start) - 3)
    let from = Int(random.next() & 4095)
    padding.withUnsafeBufferPointer { target.append(contentsOf: $0[from..<from + rest]) }
    target.append("\"}\n")
  }

  /// The text of `line`'s content, for a view that shows the text and not the record.
  static func content(of line: Stretch) -> Stretch {
    guard let key = line.index(of: "\"content\":\""), line.count >= key + 13 else { return .empty }
    return line.cut(key + 11, line.count - 2)
  }
}
