import Glibc
import TestSupport

@testable import Tail

/// A file as its writer knows it: an open descriptor, the bytes that stand in it, and what is still to be written of
/// a record that was cut.
final class WrittenFile {
  let descriptor: Int32
  private(set) var bytes: [UInt8]
  var rest: [UInt8] = []

  /// Makes a new file under `path`, by a name beside it if `path` is taken.
  init(_ path: String, _ content: [UInt8]) {
    let beside = path + ".new"
    descriptor = open(beside, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o644)
    precondition(descriptor >= 0, "open \(beside): \(errno)")
    bytes = []
    append(content)
    rename(beside, path)
  }

  deinit { close(descriptor) }

  func append(_ more: [UInt8]) {
    guard !more.isEmpty else { return }
    precondition(write(descriptor, more, more.count) == more.count)
    bytes += more
  }

  func truncate(to size: Int) {
    ftruncate(descriptor, off_t(size))
    bytes.removeLast(bytes.count - size)
  }

  /// Overwrites in place; `O_APPEND` would move a `pwrite` to the end, hence another descriptor.
  func overwrite(at offset: Int, _ other: [UInt8]) {
    let second = open("/proc/self/fd/\(descriptor)", O_WRONLY | O_CLOEXEC)
    precondition(pwrite(second, other, other.count, off_t(offset)) == other.count)
    close(second)
    bytes.replaceSubrange(offset..<(offset + other.count), with: other)
  }
}

/// Makes the bytes that agents write, and the damage that they leave.
struct RecordSource {
  private var count = 0

  /// One line with its newline: a record, two glued ones, one cut short, NUL bytes before one, an empty line.
  mutating func line(_ random: inout SeededGenerator) -> [UInt8] {
    count += 1
    let length = random.oneIn(12) ? random.upTo(300...900) : random.upTo(0...60)
    let letters = ["a", "Z", "é", "€", "🦀"]
    let text = (0..<length / 3).map { _ in letters.randomElement(using: &random) ?? "a" }.joined()
    let record = "{\"n\":\(count),\"r\":\(random.next()),\"t\":\"\(text)\"}"
    switch random.upTo(1...14) {
    case 1: return Array((record + record + "\n").utf8)
    case 2: return Array((record.prefix(record.count / 2) + record + "\n").utf8)
    case 3: return [UInt8](repeating: 0, count: random.upTo(1...40)) + Array((record + "\n").utf8)
    case 4: return [0x0A]
    default: return Array((record + "\n").utf8)
    }
  }

  mutating func lines(_ count: Int, _ random: inout SeededGenerator) -> [UInt8] {
    (0..<count).flatMap { _ in line(&random) }
  }
}

/// The lines of a content by another rule than the product's: split at newlines, lengths added up.
func wholeLines(of bytes: [UInt8], limit: Int) -> [SeenLine] {
  var start: UInt64 = 0
  return bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast().map { line in
    let end = start + UInt64(line.count) + 1
    defer { start = end }
    return SeenLine(bytes: line.count > limit ? nil : Array(line), start: start, end: end)
  }
}
