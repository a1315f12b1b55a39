import CLinux
import Glibc
import Reactor
import Wire

/// How far a search by time has come.
public enum TimeSearch: Sendable, Hashable {
  /// The line that begins here is the first.
  case found(UInt64)
  /// All lines up to this boundary are older.
  case older(through: UInt64)
}

extension TranscriptFile {
  /// Looks from a boundary on for the first line that has a record of this time or a later one, in at least one line
  /// and about `bytes` bytes.
  ///
  /// Lines are not parsed before their text says that they may be it; so a gigabyte is searched in a fraction of a
  /// second.
  public func search(
    since milliseconds: Int64, from offset: UInt64, bytes: UInt64
  ) throws(Fault) -> TimeSearch {
    let wanted = TimeFilter(atLeast: milliseconds)
    guard case .lines(let file) = content else { return try searchMessages(wanted, from: offset) }
    var buffer = [UInt8](repeating: 0, count: Self.searchChunk)
    var at = offset
    let end = min(facts.head, offset.addingReportingOverflow(bytes).partialValue)
    while at < end {
      let count = Int(min(UInt64(buffer.count), facts.head - at))
      let step: Result<TimeSearch?, SystemError> = buffer.withUnsafeMutableBytes { raw in
        Result { () throws(SystemError) in
          let got = try file.read(at: at, into: UnsafeMutableRawBufferPointer(rebasing: raw[..<count]))
          let bytes = UnsafeRawBufferPointer(rebasing: raw[..<got])
          return bytes.lastIndex(of: 0x0A).map { last in
            find(wanted, in: UnsafeRawBufferPointer(rebasing: bytes[...last]), at: at)
          }
        }
      }
      switch step {
      case .failure(let error): throw .unreadable("\(error)")
      case .success(.found(let start)): return .found(start)
      case .success(.older(let through)): at = through
      case .success(nil):
        // A line longer than the buffer.
        let lineEnd = try self.lineEnd(from: at, in: file)
        if lineEnd - at <= UInt64(limits.maxRecordBytes),
          wanted.passes(try self.bytes(from: at, to: lineEnd - 1)[...])
        {
          return .found(at)
        }
        at = lineEnd
      }
    }
    return .older(through: at)
  }

  private static let searchChunk = 512 << 10

  private func searchMessages(_ wanted: TimeFilter, from offset: UInt64) throws(Fault) -> TimeSearch {
    var found: UInt64?
    try items(from: offset) { item in
      guard case .message(let json, let start, _) = item, wanted.passes(json) else { return true }
      found = start
      return false
    }
    return found.map { .found($0) } ?? .older(through: facts.head)
  }

  /// Goes over whole lines, of which the first stands at `position` of the file.
  private func find(
    _ wanted: TimeFilter, in lines: UnsafeRawBufferPointer, at position: UInt64
  ) -> TimeSearch {
    var from = 0
    while let key = wanted.nextKey(in: lines, from: from) {
      guard wanted.mayPass(lines, at: key) else {
        from = key + 1
        continue
      }
      let start = lines[..<key].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
      let end = lines[key...].firstIndex(of: 0x0A) ?? lines.count
      if end - start <= limits.maxRecordBytes, wanted.passes(Array(lines[start..<end])[...]) {
        return .found(position + UInt64(start))
      }
      from = end
    }
    return .older(through: position + UInt64(lines.count))
  }

  /// The position after the next newline; throws when there is none before the head.
  private func lineEnd(from offset: UInt64, in file: OpenFile) throws(Fault) -> UInt64 {
    var at = offset
    while at < facts.head {
      let chunk = try bytes(from: at, to: min(facts.head, at + UInt64(Self.searchChunk)))
      // Shorter than the facts say: it was truncated.
      if chunk.isEmpty { break }
      if let newline = chunk.firstIndex(of: 0x0A) { return at + UInt64(newline) + 1 }
      at += UInt64(chunk.count)
    }
    throw .changed
  }
}
