import Glibc
import Reactor
import Wire

/// Reads the history of one transcript on the archive thread: whole lines between two positions, forwards, and the
/// places where lines begin. Never reads beyond what its facts speak for.
public final class TranscriptFile {
  /// Why history cannot be read.
  public enum Fault: Error, Sendable, Hashable {
    /// The file no longer holds what the facts say: its engine will tell of a restart.
    case changed
    /// It cannot be read; the text says why.
    case unreadable(String)
  }

  enum Content {
    case lines(OpenFile)
    case document(DocumentReader)
  }

  /// What the file is read as.
  public let facts: TopicFacts
  let limits: TailLimits
  let content: Content
  private static let chunk = 256 << 10

  /// Opens what the facts name; blocks.
  public init(_ facts: TopicFacts, limits: TailLimits) throws(Fault) {
    self.facts = facts
    self.limits = limits
    do {
      content =
        facts.isDocument
        ? .document(try DocumentReader.read(facts.path, limit: limits.maxDocumentBytes))
        : .lines(try OpenFile(facts.path))
    } catch {
      throw error.errno == ENOENT || error.errno == EAGAIN ? .changed : .unreadable("\(error)")
    }
  }

  /// True when the file still is what the facts say. Asked after a read: what was read before is then of this content.
  public func stillHolds() -> Bool {
    switch content {
    case .lines(let file): return facts.witness.holds(in: file)
    case .document(let document):
      return document.witness(of: Int(facts.witness.end)) == facts.witness
    }
  }

  /// Gives the items after `offset`, which is a boundary, up to the facts' head, until `body` says false.
  public func items(from offset: UInt64, _ body: (TailItem) -> Bool) throws(Fault) {
    switch content {
    case .document(let document):
      let head = Int(min(facts.head, UInt64(document.messages.count)))
      guard Int(offset) < head else { return }
      for index in Int(offset)..<head {
        let message = TailItem.message(document.messages[index], start: UInt64(index), end: UInt64(index + 1))
        if !body(message) { return }
      }
    case .lines(let file):
      var assembler = LineAssembler(at: offset, limit: limits.maxRecordBytes)
      var goesOn = true
      while goesOn, assembler.position < facts.head {
        let count = Int(min(UInt64(Self.chunk), facts.head - assembler.position))
        let bytes = try read(file, at: assembler.position, count: count)
        // Shorter than the facts say: it was truncated.
        if bytes.isEmpty { throw .changed }
        assembler.append(bytes) { line in
          if goesOn { goesOn = body(TailItem(line)) }
        }
      }
    }
  }

  /// True when a stream may go on at `offset`: the end of a line, not beyond the head.
  public func isBoundary(_ offset: UInt64) throws(Fault) -> Bool {
    guard offset <= facts.head else { return false }
    guard offset > 0, case .lines(let file) = content else { return true }
    return try read(file, at: offset - 1, count: 1) == [0x0A]
  }

  /// The first position of the line that ends at `end`, which is a boundary above 0.
  public func lineStart(endingAt end: UInt64) throws(Fault) -> UInt64 {
    guard case .lines(let file) = content else { return end - 1 }
    return try boundary(in: file, before: end - 1)
  }

  /// The beginning of a line at least `bytes` before `offset`, or the file's; in a document everything before it.
  public func lookbackStart(before offset: UInt64, bytes: Int) throws(Fault) -> UInt64 {
    guard case .lines(let file) = content, offset > UInt64(bytes) else { return 0 }
    return try boundary(in: file, before: offset - UInt64(bytes))
  }

  /// The position from which the last `count` lines before `end` follow, or from which there are fewer, and how many
  /// there are.
  public func last(_ count: Int, before end: UInt64) throws(Fault) -> (start: UInt64, count: Int) {
    guard count > 0, end > 0 else { return (end, 0) }
    guard case .lines(let file) = content else {
      let found = min(end, UInt64(count))
      return (end - found, Int(found))
    }
    var remaining = count
    var upper = end - 1
    while upper > 0 {
      let lower = upper > UInt64(Self.chunk) ? upper - UInt64(Self.chunk) : 0
      let bytes = try read(file, at: lower, count: Int(upper - lower))
      var index = bytes.count
      while let newline = bytes[..<index].lastIndex(of: 0x0A) {
        remaining -= 1
        if remaining == 0 { return (lower + UInt64(newline) + 1, count) }
        index = newline
      }
      upper = lower
    }
    return (0, count - remaining + 1)
  }

  /// The bytes between two positions, at most the record limit; for `GET …/records/{cursor}`.
  public func bytes(from start: UInt64, to end: UInt64) throws(Fault) -> [UInt8] {
    switch content {
    case .lines(let file): return try read(file, at: start, count: Int(end - start))
    case .document(let document):
      return document.messages.indices.contains(Int(start)) ? Array(document.messages[Int(start)].bytes) : []
    }
  }

  /// The position after the last newline before `position`, or 0.
  private func boundary(in file: OpenFile, before position: UInt64) throws(Fault) -> UInt64 {
    var upper = position
    while upper > 0 {
      let lower = upper > 64 << 10 ? upper - (64 << 10) : 0
      let bytes = try read(file, at: lower, count: Int(upper - lower))
      if let newline = bytes.lastIndex(of: 0x0A) { return lower + UInt64(newline) + 1 }
      upper = lower
    }
    return 0
  }

  private func read(_ file: OpenFile, at offset: UInt64, count: Int) throws(Fault) -> [UInt8] {
    do {
      return try file.read(at: offset, count: count)
    } catch {
      throw .unreadable("\(error)")
    }
  }
}
